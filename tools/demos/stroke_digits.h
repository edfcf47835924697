// Handwritten digits made up by the program: strokes of a pen along bent lines, each digit written
// in one of a few ways, slanted, stretched and shaky, with a pen of any thickness.
#pragma once

#include "nn/data/dataset.h"

namespace tengen::tools {

// Samples {[28,28,1] in [0,1], class []}, as MNIST's: white on black, about 20 pixels high, in the
// middle. Digit i is a function of (seed, i) alone; its class is i % 10.
nn::DatasetPtr stroke_digits(int64_t count, uint64_t seed);

}  // namespace tengen::tools
