// Images [H,W,C] of another size or with other channels.
#pragma once

#include "nn/tensor.h"

namespace tengen::nn {

// Bilinear, pixels being squares: output pixel i reads at (i + 0.5) * scale - 0.5, within the
// image. Shrinking by more than two passes pixels over; shrink large images beforehand.
Tensor resized(const Tensor& image, int64_t height, int64_t width);

// To 1 channel: grey by Rec. 601, 0.299 R + 0.587 G + 0.114 B. To 3: grey three times, or RGB
// without its alpha.
Tensor with_channels(const Tensor& image, int64_t channels);

}  // namespace tengen::nn
