// Whole files: read at once, or written so that nobody ever sees half of one.
#pragma once

#include <string>
#include <string_view>

namespace tengen::nn {

// Error names the file and the reason.
std::string read_file(const std::string& path);
// Writes "PATH.tmp", flushes to disk and renames. After an Error (a full disk, say) the file
// under `path` is what it was.
void write_file_atomically(const std::string& path, std::string_view bytes);

}  // namespace tengen::nn
