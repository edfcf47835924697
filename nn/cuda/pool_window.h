// Where the windows of a pooling lie, for kernels.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "nn/device.h"

namespace tengen::nn {

struct PoolWindow {
  int height, width, channels, out_height, out_width;
  int kernel_h, kernel_w, stride_h, stride_w, padding_h, padding_w;
  bool count_padding;

  explicit PoolWindow(const Pool2dShape& s)
      : height(static_cast<int>(s.height)),
        width(static_cast<int>(s.width)),
        channels(static_cast<int>(s.channels)),
        out_height(static_cast<int>(s.out_height())),
        out_width(static_cast<int>(s.out_width())),
        kernel_h(static_cast<int>(s.kernel.h)),
        kernel_w(static_cast<int>(s.kernel.w)),
        stride_h(static_cast<int>(s.stride.h)),
        stride_w(static_cast<int>(s.stride.w)),
        padding_h(static_cast<int>(s.padding.h)),
        padding_w(static_cast<int>(s.padding.w)),
        count_padding(s.count_padding) {}

  // Taps of one axis whose pixels, from `from` on, lie inside.
  struct Range {
    int begin, end;
  };
  __device__ Range inside(int from, int kernel, int size) const {
    return {from < 0 ? -from : 0, min(kernel, size - from)};
  }
  // The windows of one axis that hold pixel `at`.
  __device__ Range holding(int at, int kernel, int stride, int padding, int windows) const {
    const int last = at + padding, first = last - kernel + 1;
    return {first <= 0 ? 0 : (first + stride - 1) / stride, min(last / stride + 1, windows)};
  }
  // One over what the average of window (oy, ox) divides by.
  __device__ float share(int oy, int ox) const {
    if (count_padding) return 1.0f / static_cast<float>(kernel_h * kernel_w);
    const Range y = inside(oy * stride_h - padding_h, kernel_h, height);
    const Range x = inside(ox * stride_w - padding_w, kernel_w, width);
    return 1.0f / static_cast<float>((y.end - y.begin) * (x.end - x.begin));
  }
};

// Which run of kLanes channels of which pixel of which image.
struct PixelPlace {
  int64_t n;
  int y, x, c;
  __device__ PixelPlace(int64_t i, int height, int width, int runs, int lanes) {
    const int64_t pixel = i / runs, row = pixel / width;
    c = static_cast<int>(i - pixel * runs) * lanes;
    x = static_cast<int>(pixel - row * width);
    n = row / height;
    y = static_cast<int>(row - n * height);
  }
};

}  // namespace tengen::nn
