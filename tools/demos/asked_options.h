// What a run was asked, kept in its folder as options.toml: a run goes on only as it began.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tengen::tools {

// The options of a call that change what is learned, one a line.
std::string asked_options(const CLI::App& demo);

// Writes `asked` into the folder, which is made if need be. Error where a run of other options is
// there that would be gone on with: an unfinished one, or, if `keeps_figures`, a measured one.
void keep_asked(const std::string& folder, const std::string& asked, bool keeps_figures);

}  // namespace tengen::tools
