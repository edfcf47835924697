// numpy's .npz: a zip archive of .npy arrays, one entry "PATH.npy" for each named tensor.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

enum class ZipMethod { kStored, kDeflated };  // numpy.savez, numpy.savez_compressed

void save_npz(const std::string& path, const std::vector<NamedTensor>& tensors,
              ZipMethod method = ZipMethod::kStored);
// Reads both methods, in the archive's order. Error names the file, the entry and what is wrong:
// no zip archive, a checksum that does not fit, an entry that is no .npy array (npy.h).
std::vector<NamedTensor> load_npz(const std::string& path);
// The same from memory; `name` stands for the file in errors.
std::vector<NamedTensor> parse_npz(std::string_view bytes, const std::string& name);

}  // namespace tengen::nn
