// Another program, run to its end: the peers that benchmarks measure beside.
#pragma once

#include <string>
#include <vector>

namespace tengen::tools {

// What it wrote to standard output. `cores` > 0 lets it run on so many of the processors that this
// program may use. An Error names the command if it cannot be started or fails.
std::string run_program(const std::vector<std::string>& words, int cores = 0);

}  // namespace tengen::tools
