// Named tensors in a file whose ending tells its kind: .safetensors, or .npz.
#pragma once

#include <string>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

// An ending other than these two is an Error that names them.
void save_tensors(const std::string& path, const std::vector<NamedTensor>& tensors);
std::vector<NamedTensor> load_tensors(const std::string& path);

// A module's whole state. Loading a file that does not fit, or holds weights that are no numbers,
// names the file and the tensor, and leaves the module as it was.
void save_weights(const std::string& path, const Module& module);
void load_weights(const std::string& path, Module& module);

}  // namespace tengen::nn
