#include "nn/cpu/winograd_conv.h"

#include <algorithm>
#include <utility>

#include "nn/base/parallel.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kRows =
    54;  // tiles multiplied at once: V, M and U stay in the second-level cache
constexpr int64_t kManyWeights = 256 * 1024;  // floats: half of a second-level cache of 2 MiB
constexpr int64_t kGradRows = 128;  // the fewest tiles that one partial gradient of weights sums

WinogradShape group_shape(const Kernels& kernels, const Conv2dShape& s, int64_t images) {
  return winograd_shape(s, kernels.lanes, images, kRows);
}

// Sums of gradients that fill the cache by themselves are visited less often, by larger groups.
WinogradShape grad_shape(const Kernels& kernels, const Conv2dShape& s, int64_t images) {
  const WinogradShape shape = group_shape(kernels, s, images);
  if (shape.weight_floats() < kManyWeights) return shape;
  return winograd_shape(s, kernels.lanes, images, 2 * kRows);
}

int64_t image_floats(const Conv2dShape& s) { return s.height * s.width * s.in; }
int64_t result_floats(const Conv2dShape& s) { return s.out_height() * s.out_width() * s.out; }

WinogradShape exchanged(WinogradShape s) {
  std::swap(s.in, s.out);
  return s;
}

// U^T: the transformed weights from out to in channels.
void transposed_weights(const Kernels& kernels, const WinogradShape& s, const float* w, float* u) {
  const int64_t taps = s.kernel * s.kernel;
  const Scratch turned(taps * s.in * s.out);
  for (int64_t tap = 0; tap < taps; ++tap) {
    const float* from = w + tap * s.in * s.out;
    float* to = turned.data() + tap * s.in * s.out;
    for (int64_t k = 0; k < s.out; ++k)
      for (int64_t c = 0; c < s.in; ++c) to[k * s.in + c] = from[c * s.out + k];
  }
  kernels.winograd_weights(exchanged(s), turned.data(), u);
}

// One piece of a gradient: Z = A dy A^T serves both dU += V^T Z and, for dx, the adjoint of the
// whole convolution, M = Z U^T and dx = B M B^T.
class GradPiece {
 public:
  GradPiece(const Kernels& kernels, const Conv2dShape& conv, const WinogradShape& s, const float* x,
            const float* u, const ImageSource& source, float* dx)
      : kernels_(kernels),
        conv_(conv),
        s_(s),
        x_(x),
        u_(u),
        source_(source),
        dx_(dx),
        workspace_(winograd_workspace(s)),
        dy_(source.make ? s.images * result_floats(conv) : 0) {}

  // du, which the first group writes and the others add to, may be null.
  void run(int64_t first, int64_t images, bool accumulate, float* du) {
    float* v = workspace_.data();
    float* z = v + s_.v_floats();
    float* board = z + s_.m_floats();
    std::fill_n(board, s_.board_floats(), 0.0f);
    if (du)
      for (int64_t i = 0; i < images; ++i)
        kernels_.winograd_input(s_, i, x_ + (first + i) * image_floats(conv_), board, v);
    std::fill_n(board, s_.board_floats(), 0.0f);
    const float* dy = gradient(first, images);
    for (int64_t i = 0; i < images; ++i)
      kernels_.winograd_grad_output(s_, i, dy + i * result_floats(conv_), board, z);
    if (du) kernels_.winograd_grad_multiply(s_, images, v, z, accumulate, du);
    if (!dx_) return;
    kernels_.winograd_multiply(exchanged(s_), images, u_, z, v);
    for (int64_t i = 0; i < images; ++i)
      kernels_.winograd_grad_input(s_, i, v, board, dx_ + (first + i) * image_floats(conv_));
  }

 private:
  const float* gradient(int64_t first, int64_t images) {
    if (!source_.make) return source_.dy + first * result_floats(conv_);
    (*source_.make)(first, images, dy_.data());
    return dy_.data();
  }

  const Kernels& kernels_;
  const Conv2dShape& conv_;
  const WinogradShape& s_;
  const float* x_;
  const float* u_;
  const ImageSource& source_;
  float* dx_;
  const Scratch workspace_, dy_;
};

}  // namespace

bool winograd_fits(const Conv2dShape& s) {
  if (s.kernel_h != s.kernel_w || s.stride != 1 || s.dilation != 1 || s.groups != 1) return false;
  if (s.kernel_h == 3) return s.padding == 1;
  // F(4x4, 5x5) loses by its larger transforms where they serve few channels.
  return s.kernel_h == 5 && s.padding.h == s.padding.w && s.padding.h <= 4 && s.in >= 8 &&
         s.out >= 8;
}

WinogradShape winograd_shape(const Conv2dShape& s, int64_t lanes, int64_t max_images,
                             int64_t wanted_rows) {
  WinogradShape shape;
  shape.height = s.height;
  shape.width = s.width;
  shape.in = s.in;
  shape.out = s.out;
  shape.kernel = s.kernel_h;
  shape.padding = s.padding.h;
  shape.lanes = lanes;
  return with_tiles(shape, max_images, wanted_rows);
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
  const int64_t in = s.height * s.width * s.in, out = s.out_height() * s.out_width() * s.out;
  for (int64_t i = 0; i < images; ++i) kernels.winograd_input(s, i, x + i * in, board, v);
  kernels.winograd_multiply(s, images, u, v, m);
  for (int64_t i = 0; i < images; ++i) {
    Epilogue own = epilogue;
    if (own.residual) own.residual += i * out;
    kernels.winograd_output(s, i, m, own, y + i * out);
  }
}

void winograd_images(const Kernels& kernels, const WinogradShape& s, int64_t count, const float* u,
                     const float* x, const ImageSink& sink) {
  const int64_t in = s.height * s.width * s.in, out = s.out_height() * s.out_width() * s.out;
  parallel_for((count + s.images - 1) / s.images, [&](int64_t group) {
    const int64_t first = group * s.images, images = std::min(s.images, count - first);
    const Scratch workspace(winograd_workspace(s));
    const Scratch result(sink.take ? images * out : 0);
    float* y = sink.take ? result.data() : sink.y + first * out;
    winograd_group(kernels, s, images, u, x + first * in, {}, y, workspace.data());
    if (sink.take) (*sink.take)(first, images, y);
  });
}

void winograd_conv2d(const Kernels& kernels, const Conv2dShape& shape, const float* x,
                     const float* w, const ImageSink& sink) {
  const WinogradShape s = group_shape(kernels, shape, shape.n / 4);
  const Scratch u(s.weight_floats());
  kernels.winograd_weights(s, w, u.data());
  winograd_images(kernels, s, shape.n, u.data(), x, sink);
}

void winograd_grad(const Kernels& kernels, const Conv2dShape& shape, const float* x, const float* w,
                   const ImageSource& source, float* dx, float* dw) {
  const int64_t tiles = group_shape(kernels, shape, 1).tiles();
  const int64_t parts = parts_of(shape.n * tiles, kGradRows);
  const WinogradShape s = grad_shape(kernels, shape, (shape.n + parts - 1) / parts);
  const int64_t size = s.kernel * s.kernel * s.in * s.out;
  const Scratch partial(dw ? parts * size : 0), u(dx ? exchanged(s).weight_floats() : 0);
  if (dx) transposed_weights(kernels, s, w, u.data());
  parallel_for(parts, [&](int64_t part) {
    const Share share(shape.n, parts, part);
    const Scratch du(dw ? s.weight_floats() : 0);
    if (dw && share.begin == share.end) std::fill_n(du.data(), s.weight_floats(), 0.0f);
    GradPiece piece(kernels, shape, s, x, u.data(), source, dx);
    for (int64_t first = share.begin; first < share.end; first += s.images)
      piece.run(first, std::min(s.images, share.end - first), first > share.begin,
                dw ? du.data() : nullptr);
    if (dw) kernels.winograd_grad_weights(s, du.data(), partial.data() + part * size);
  });
  if (dw) sum_parts(kernels, parts, size, partial.data(), dw);
}

}  // namespace tengen::nn
