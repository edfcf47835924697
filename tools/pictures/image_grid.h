// Small images side by side with a line of words under each: wrong answers, kernels, feature maps.
#pragma once

#include <string>
#include <vector>

#include "nn/tensor.h"

namespace tengen::tools {

struct GridImage {
  nn::Tensor pixels;  // [H,W] or [H,W,1] grey, [H,W,3] RGB, in [0,1]
  std::string caption;
};

struct GridOptions {
  std::string title = {};
  int columns = 0;  // 0: about a square
  int scale = 0;    // pixels of the picture for one of an image; 0: what makes images about 84 high
};

// [H,W,3] in [0,1]. Pixels are drawn as squares, not smoothed.
nn::Tensor image_grid(const std::vector<GridImage>& images, const GridOptions& options);

// x from its least to its greatest number as 0 to 1; all equal: 0.5. For kernels and feature maps.
nn::Tensor stretched(const nn::Tensor& x);

}  // namespace tengen::tools
