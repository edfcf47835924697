#include "nn/cpu/im2col.h"

#include <algorithm>

#include "nn/base/parallel.h"
#include "nn/cpu/gemm.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kPatchFloats = int64_t{4} << 20;  // of patches at once

struct Sizes {
  explicit Sizes(const Conv2dShape& s)
      : rows(s.out_height() * s.out_width()),
        depth(s.kernel_h * s.kernel_w * s.in),
        image(s.height * s.width * s.in),
        images_at_once(std::clamp<int64_t>(kPatchFloats / std::max<int64_t>(1, rows * depth), 1,
                                           std::max<int64_t>(1, s.n))) {}
  int64_t rows, depth, image, images_at_once;
};

bool pointwise(const Conv2dShape& s) {
  return s.kernel_h == 1 && s.kernel_w == 1 && s.stride == 1 && s.padding == 0;
}

// Calls visit(image_offset) with -1 for padding, for every tap of every pixel in order.
template <class Visit>
void for_each_tap(const Conv2dShape& s, const Visit& visit) {
  for (int64_t oy = 0; oy < s.out_height(); ++oy)
    for (int64_t ox = 0; ox < s.out_width(); ++ox)
      for (int64_t ky = 0; ky < s.kernel_h; ++ky)
        for (int64_t kx = 0; kx < s.kernel_w; ++kx) {
          const int64_t y = oy * s.stride.h + ky * s.dilation.h - s.padding.h;
          const int64_t x = ox * s.stride.w + kx * s.dilation.w - s.padding.w;
          const bool inside = y >= 0 && y < s.height && x >= 0 && x < s.width;
          visit(inside ? (y * s.width + x) * s.in : -1);
        }
}

// Calls body(first image, images, rows) for one chunk of the batch after the other.
template <class Body>
void for_each_chunk(const Conv2dShape& s, const Sizes& sizes, const Body& body) {
  for (int64_t first = 0; first < s.n; first += sizes.images_at_once) {
    const int64_t images = std::min(sizes.images_at_once, s.n - first);
    body(first, images, images * sizes.rows);
  }
}

}  // namespace

void image_to_patches(const Conv2dShape& s, const float* image, float* patches) {
  for_each_tap(s, [&](int64_t at) {
    if (at < 0)
      std::fill_n(patches, s.in, 0.0f);
    else
      std::copy_n(image + at, s.in, patches);
    patches += s.in;
  });
}

void add_patches_to_image(const Conv2dShape& s, const float* patches, float* image) {
  for_each_tap(s, [&](int64_t at) {
    if (at >= 0)
      for (int64_t c = 0; c < s.in; ++c) image[at + c] += patches[c];
    patches += s.in;
  });
}

void im2col_conv2d(const Kernels& kernels, const Conv2dShape& s, const float* x, const float* w,
                   float* y) {
  const Sizes sizes(s);
  if (pointwise(s)) {
    fast_gemm(kernels,
              {false, false, s.n * sizes.rows, s.out, s.in, s.in, s.out, s.out, 0.0f, s.precision},
              x, w, y);
    return;
  }
  const Scratch patches(sizes.images_at_once * sizes.rows * sizes.depth);
  for_each_chunk(s, sizes, [&](int64_t first, int64_t images, int64_t rows) {
    parallel_for(images, [&](int64_t i) {
      image_to_patches(s, x + (first + i) * sizes.image,
                       patches.data() + i * sizes.rows * sizes.depth);
    });
    fast_gemm(
        kernels,
        {false, false, rows, s.out, sizes.depth, sizes.depth, s.out, s.out, 0.0f, s.precision},
        patches.data(), w, y + first * sizes.rows * s.out);
  });
}

void im2col_grad_input(const Kernels& kernels, const Conv2dShape& s, const float* dy,
                       const float* w, float* dx) {
  const Sizes sizes(s);
  if (pointwise(s)) {
    fast_gemm(kernels,
              {false, true, s.n * sizes.rows, s.in, s.out, s.out, s.out, s.in, 0.0f, s.precision},
              dy, w, dx);
    return;
  }
  const Scratch patches(sizes.images_at_once * sizes.rows * sizes.depth);
  for_each_chunk(s, sizes, [&](int64_t first, int64_t images, int64_t rows) {
    fast_gemm(kernels,
              {false, true, rows, sizes.depth, s.out, s.out, s.out, sizes.depth, 0.0f, s.precision},
              dy + first * sizes.rows * s.out, w, patches.data());
    parallel_for(images, [&](int64_t i) {
      float* image = dx + (first + i) * sizes.image;
      std::fill_n(image, sizes.image, 0.0f);
      add_patches_to_image(s, patches.data() + i * sizes.rows * sizes.depth, image);
    });
  });
}

void im2col_grad_weight(const Kernels& kernels, const Conv2dShape& s, const float* x,
                        const float* dy, float* dw) {
  const Sizes sizes(s);
  if (pointwise(s)) {
    fast_gemm(kernels,
              {true, false, s.in, s.out, s.n * sizes.rows, s.in, s.out, s.out, 0.0f, s.precision},
              x, dy, dw);
    return;
  }
  std::fill_n(dw, sizes.depth * s.out, 0.0f);
  const Scratch patches(sizes.images_at_once * sizes.rows * sizes.depth);
  for_each_chunk(s, sizes, [&](int64_t first, int64_t images, int64_t rows) {
    parallel_for(images, [&](int64_t i) {
      image_to_patches(s, x + (first + i) * sizes.image,
                       patches.data() + i * sizes.rows * sizes.depth);
    });
    fast_gemm(kernels,
              {true, false, sizes.depth, s.out, rows, sizes.depth, s.out, s.out, 1.0f, s.precision},
              patches.data(), dy + first * sizes.rows * s.out, dw);
  });
}

}  // namespace tengen::nn
