// Pictures of shapes made up by the program: discs, stars and eight more, of any size, turned any
// way, grey on grey and noisy.
#pragma once

#include <string>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::tools {

// Samples {[28,28,1] in [0,1], class []}. Picture i is a function of (seed, i) alone; its class is
// i % 10.
nn::DatasetPtr shape_images(int64_t count, uint64_t seed);
std::vector<std::string> shape_names();  // of the ten classes

}  // namespace tengen::tools
