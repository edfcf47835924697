#include "nn/cuda/patch_convolution.h"

#include <algorithm>

#include "nn/cuda/convolution_kernels.h"

namespace tengen::nn {
namespace {

constexpr int64_t kMostPatches = int64_t{64} << 20;  // floats; images are taken a few at a time

struct Sizes {
  explicit Sizes(const Conv2dShape& s)
      : depth(s.kernel_h * s.kernel_w * s.group_in()),
        rows(s.out_height() * s.out_width()),
        patches(rows * depth * s.groups),
        image(s.height * s.width * s.in),
        result(rows * s.out) {}
  int64_t depth;    // of a patch of one group
  int64_t rows;     // of one image
  int64_t patches;  // floats of one image, as the two below
  int64_t image, result;
};

// Calls f(shape of some images, the first of them).
template <class F>
void for_each_chunk(const Conv2dShape& shape, const Sizes& sizes, const F& f) {
  const int64_t most = std::max<int64_t>(1, kMostPatches / sizes.patches);
  Conv2dShape chunk = shape;
  for (int64_t first = 0; first < shape.n; first += most) {
    chunk.n = std::min(most, shape.n - first);
    f(chunk, first);
  }
}

size_t patch_bytes(const Conv2dShape& chunk, const Sizes& sizes) {
  return static_cast<size_t>(chunk.n * sizes.patches) * sizeof(float);
}

}  // namespace

// Each group is one product: its columns lie side by side in patches, weights and results.
void PatchConvolution::forward(const Conv2dShape& shape, const float* x, const float* w, float* y,
                               cudaStream_t stream) {
  const Sizes sizes(shape);
  for_each_chunk(shape, sizes, [&](const Conv2dShape& s, int64_t first) {
    auto* const patches = static_cast<float*>(memory_.of(stream, patch_bytes(s, sizes)));
    make_patches(s, x + first * sizes.image, patches, stream);
    const GemmShape product{.m = s.n * sizes.rows,
                            .n = s.group_out(),
                            .k = sizes.depth,
                            .lda = s.groups * sizes.depth,
                            .ldb = s.out,
                            .ldc = s.out,
                            .precision = s.precision};
    products_.gemm_batch(product, s.groups, patches, sizes.depth, w, s.group_out(),
                         y + first * sizes.result, s.group_out(), stream);
  });
}

void PatchConvolution::grad_input(const Conv2dShape& shape, const float* dy, const float* w,
                                  float* dx, cudaStream_t stream) {
  const Sizes sizes(shape);
  for_each_chunk(shape, sizes, [&](const Conv2dShape& s, int64_t first) {
    auto* const patches = static_cast<float*>(memory_.of(stream, patch_bytes(s, sizes)));
    const GemmShape product{.transpose_b = true,
                            .m = s.n * sizes.rows,
                            .n = sizes.depth,
                            .k = s.group_out(),
                            .lda = s.out,
                            .ldb = s.out,
                            .ldc = s.groups * sizes.depth,
                            .precision = s.precision};
    products_.gemm_batch(product, s.groups, dy + first * sizes.result, s.group_out(), w,
                         s.group_out(), patches, sizes.depth, stream);
    sum_patches(s, patches, dx + first * sizes.image, stream);
  });
}

void PatchConvolution::grad_weight(const Conv2dShape& shape, const float* x, const float* dy,
                                   float* dw, cudaStream_t stream) {
  const Sizes sizes(shape);
  for_each_chunk(shape, sizes, [&](const Conv2dShape& s, int64_t first) {
    auto* const patches = static_cast<float*>(memory_.of(stream, patch_bytes(s, sizes)));
    make_patches(s, x + first * sizes.image, patches, stream);
    const GemmShape product{.transpose_a = true,
                            .m = sizes.depth,
                            .n = s.group_out(),
                            .k = s.n * sizes.rows,
                            .lda = s.groups * sizes.depth,
                            .ldb = s.out,
                            .ldc = s.out,
                            .beta = first == 0 ? 0.0f : 1.0f,
                            .precision = s.precision};
    products_.gemm_batch(product, s.groups, patches, sizes.depth, dy + first * sizes.result,
                         s.group_out(), dw, s.group_out(), stream);
  });
}

}  // namespace tengen::nn
