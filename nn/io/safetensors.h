// safetensors files: named tensors and string metadata, the format that every framework reads.
// Layout: u64 little-endian header length, JSON header, raw little-endian data.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

struct SafeTensors {
  std::vector<NamedTensor> tensors;
  std::map<std::string, std::string> metadata;  // "architecture" holds a network's JSON
};

// Writes to a temporary file beside `path` and renames it: a reader never sees half a file.
void save_safetensors(const std::string& path, const SafeTensors& content);
// Error names the file and what is wrong with it: missing, truncated, a bad header, an offset
// beyond the end, an unknown type (floats of 16 to 64 bits, whole numbers and booleans are read,
// all as float).
SafeTensors load_safetensors(const std::string& path);
// The same from memory; `name` stands for the file in errors.
SafeTensors parse_safetensors(std::string_view bytes, const std::string& name);

}  // namespace tengen::nn
