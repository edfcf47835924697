// numpy's .npy: one array. Layout: magic "\x93NUMPY", version, header length, a Python dict as
// text ({'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }), raw data
// (numpy.lib.format).
#pragma once

#include <string>
#include <string_view>

#include "nn/tensor.h"

namespace tengen::nn {

// Versions 1 to 3; booleans, whole numbers of 8 to 64 bits, float16, float32 and float64, all as
// float; both orders of axes. Error names `name` and what is wrong: cut short, a header that
// promises more than is there, big-endian or structured types.
Tensor parse_npy(std::string_view bytes, const std::string& name);
Tensor load_npy(const std::string& path);

std::string npy_bytes(const Tensor& tensor);  // '<f4', version 1.0
void save_npy(const std::string& path, const Tensor& tensor);

}  // namespace tengen::nn
