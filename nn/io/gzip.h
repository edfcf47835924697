// gzip in memory (RFC 1952). A file may hold several members, which belong together.
#pragma once

#include <string>
#include <string_view>

namespace tengen::nn {

bool is_gzip(std::string_view bytes);  // begins with gzip's magic
// Error names `name` if the stream is damaged, fails its checksum or is cut off.
std::string gunzip(std::string_view bytes, const std::string& name);
std::string gzip(std::string_view bytes);

// The file's content, unpacked if it is gzip: whether to compress is the user's choice.
std::string read_file_or_gzip(const std::string& path);

}  // namespace tengen::nn
