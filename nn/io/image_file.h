// PNG and JPEG files as tensors [H,W,C] in [0,1], C being 1 (grey), 2 (grey, alpha), 3 (RGB) or 4
// (RGB, alpha).
#pragma once

#include <string>
#include <string_view>

#include "nn/tensor.h"

namespace tengen::nn {

// By their first bytes, whatever they are called. PNG of 8 and 16 bits, palettes unfolded; JPEG
// grey or RGB. Numbers are as stored: no gamma is applied, and a camera's note on rotation is not
// followed. Error names the file and the fault: another format, truncated, damaged, sizes that
// the file cannot hold.
Tensor read_image(const std::string& path);
// The same from memory; `name` stands for the file in errors.
Tensor parse_image(std::string_view bytes, const std::string& name);

// Numbers beyond [0,1] are clamped, NaN is black; 8 bits a channel.
std::string png_bytes(const Tensor& image);
void write_png(const std::string& path, const Tensor& image);

}  // namespace tengen::nn
