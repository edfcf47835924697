#include "nn/cpu/winograd_conv.h"

#include <algorithm>
#include <utility>

#include "nn/base/parallel.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kRows =
    54;  // tiles multiplied at once: V, M and U stay in the second-level cache
constexpr int64_t kGradRows = 288;  // tiles that one partial gradient of the weights sums

WinogradShape group_shape(const Kernels& kernels, const Conv2dShape& s) {
  return winograd_shape(s.height, s.width, s.in, s.out, kernels.lanes, s.n / 4, kRows);
}

int64_t pixels(const Conv2dShape& s) { return s.height * s.width; }

}  // namespace

bool winograd_fits(const Conv2dShape& s) {
  return s.kernel_h == 3 && s.kernel_w == 3 && s.stride == 1 && s.padding == 1 && s.dilation == 1 &&
         s.groups == 1;
}

int64_t winograd_workspace(const WinogradShape& s) {
  return s.v_floats() + s.m_floats() + s.board_floats();
}

void winograd_group(const Kernels& kernels, const WinogradShape& s, int64_t images, const float* u,
                    const float* x, const Epilogue& epilogue, float* y, float* workspace) {
  float* v = workspace;
  float* m = v + s.v_floats();
  float* board = m + s.m_floats();
  std::fill_n(board, s.board_floats(), 0.0f);
  const int64_t in = s.height * s.width * s.in, out = s.height * s.width * s.out;
  for (int64_t i = 0; i < images; ++i) kernels.winograd_input(s, i, x + i * in, board, v);
  kernels.winograd_multiply(s, images, u, v, m);
  for (int64_t i = 0; i < images; ++i) {
    Epilogue own = epilogue;
    if (own.residual) own.residual += i * out;
    kernels.winograd_output(s, i, m, own, y + i * out);
  }
}

void winograd_conv2d(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                     const float* w, float* y) {
  const WinogradShape s = group_shape(kernels, shape);
  const Scratch u(s.weight_floats());
  kernels.winograd_weights(s, w, u.data());
  parallel_for((shape.n + s.images - 1) / s.images, [&](int64_t group) {
    const Scratch workspace(winograd_workspace(s));
    const int64_t first = group * s.images;
    winograd_group(kernels, s, std::min(s.images, shape.n - first), u.data(),
                   x + first * pixels(shape) * shape.in, {}, y + first * pixels(shape) * shape.out,
                   workspace.data());
  });
}

// The gradient of the input is the convolution of dy with the weights turned by half a circle and
// with in and out exchanged.
void winograd_grad_input(const Kernels& kernels, const Conv2dShape& shape, const float* dy,
                         const float* w, float* dx) {
  const Scratch turned(9 * shape.in * shape.out);
  for (int64_t tap = 0; tap < 9; ++tap) {
    const float* from = w + (8 - tap) * shape.in * shape.out;
    float* to = turned.data() + tap * shape.in * shape.out;
    for (int64_t k = 0; k < shape.out; ++k)
      for (int64_t c = 0; c < shape.in; ++c) to[k * shape.in + c] = from[c * shape.out + k];
  }
  Conv2dShape exchanged = shape;
  std::swap(exchanged.in, exchanged.out);
  winograd_conv2d(kernels, exchanged, dy, turned.data(), dx);
}

void winograd_grad_weight(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                          const float* dy, float* dw) {
  const WinogradShape s = group_shape(kernels, shape);
  const int64_t groups_per_part = std::max<int64_t>(1, kGradRows / s.rows());
  const int64_t part_images = groups_per_part * s.images;
  const int64_t parts = (shape.n + part_images - 1) / part_images;
  const int64_t size = 9 * shape.in * shape.out, du_floats = s.weight_floats();
  const Scratch partial(parts * size);
  parallel_for(parts, [&](int64_t part) {
    const Scratch workspace(winograd_workspace(s)), du(du_floats);
    float* v = workspace.data();
    float* z = v + s.v_floats();
    float* board = z + s.m_floats();
    std::fill_n(board, s.board_floats(), 0.0f);
    std::fill_n(du.data(), du_floats, 0.0f);
    const int64_t end = std::min(shape.n, (part + 1) * part_images);
    for (int64_t first = part * part_images; first < end; first += s.images) {
      const int64_t images = std::min(s.images, end - first);
      for (int64_t i = 0; i < images; ++i) {
        const int64_t at = (first + i) * pixels(shape);
        kernels.winograd_input(s, i, x + at * shape.in, board, v);
        kernels.winograd_grad_output(s, i, dy + at * shape.out, board, z);
      }
      kernels.winograd_grad_multiply(s, images, v, z, du.data());
    }
    kernels.winograd_grad_weights(s, du.data(), partial.data() + part * size);
  });
  std::fill_n(dw, size, 0.0f);
  for (int64_t part = 0; part < parts; ++part)
    kernels.axpy(size, 1.0f, partial.data() + part * size, dw);
}

}  // namespace tengen::nn
