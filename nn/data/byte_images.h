// Classified images kept as the bytes that they were stored in: a quarter of the memory of floats.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::nn {

struct ByteImages {
  int64_t height = 0, width = 0, channels = 0;
  std::string pixels;            // [N,H,W,C]
  std::vector<uint8_t> classes;  // [N]
};

// Sample: {[H,W,C] in [0,1], class []}.
DatasetPtr image_dataset(ByteImages images);

// A byte as a part of 255.
float unit_float(uint8_t byte);

}  // namespace tengen::nn
