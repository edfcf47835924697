#include "nn/cpu/bf16_conv.h"

#include <algorithm>
#include <utility>

#include "nn/base/block_pool.h"
#include "nn/base/parallel.h"
#include "nn/cpu/bf16_gemm.h"

namespace tengen::nn {
namespace {

constexpr int64_t kGroupPixels = 512;  // of a board: pixels and sums stay in the second-level cache
constexpr int64_t kFewestChannels = 8;  // a step holds 32: with fewer, patches waste less
// For the gradient of the weights: 32 channels of x and of dy stay in the first-level cache.
constexpr int64_t kGradPixels = 220;
constexpr int64_t kMostParts = 16;
constexpr int64_t kSumGrain = 4096;

// How far the last tap lies from the first.
int64_t reach_h(const Conv2dShape& s) { return (s.kernel_h - 1) * s.dilation.h; }
int64_t reach_w(const Conv2dShape& s) { return (s.kernel_w - 1) * s.dilation.w; }

// The pixels of a group of images in one row, with the padding between them: `padding` zeros left
// of every row of pixels and above every image, which are also the right and lower border of what
// lies before. Window (y, x) begins at (y, x) of its image's board, and its taps lie at the same
// distances from there everywhere; windows that begin in the padding are computed and dropped.
struct Board {
  Board(const Conv2dShape& s, int64_t images)
      : width(s.width + s.padding.w), height(s.height + s.padding.h) {
    windows = ((images - 1) * height + s.out_height() - 1) * width + s.out_width();
    const int64_t steps = whole(windows, kBf16Step);
    x_at.assign(steps + reach_h(s) * width + reach_w(s), -1);
    y_at.assign(steps, -1);
    for (int64_t i = 0; i < images; ++i) {
      for (int64_t y = 0; y < s.height; ++y)
        for (int64_t x = 0; x < s.width; ++x)
          x_at[(i * height + y + s.padding.h) * width + x + s.padding.w] =
              ((i * s.height + y) * s.width + x) * s.in;
      for (int64_t y = 0; y < s.out_height(); ++y)
        for (int64_t x = 0; x < s.out_width(); ++x)
          y_at[(i * height + y) * width + x] =
              ((i * s.out_height() + y) * s.out_width() + x) * s.out;
    }
  }
  int64_t pixels() const { return static_cast<int64_t>(x_at.size()); }

  int64_t width, height;             // of one image
  int64_t windows;                   // from the first to the last
  PooledVector<int64_t> x_at, y_at;  // offset of a pixel in x and of a window in y, or -1
};

// The batch as groups of equal size, but for the last.
struct Groups {
  Groups(const Conv2dShape& s, int64_t pixels)
      : images(std::clamp<int64_t>(pixels / ((s.height + s.padding.h) * (s.width + s.padding.w)), 1,
                                   std::max<int64_t>(1, s.n))),
        count((s.n + images - 1) / images),
        full(s, images),
        last(s, std::max<int64_t>(1, s.n - (count - 1) * images)) {}
  const Board& board(int64_t group) const { return group + 1 < count ? full : last; }

  int64_t images, count;
  Board full, last;
};

// Distance of every tap from the first, in pixels.
PooledVector<int64_t> taps_of(const Conv2dShape& s, int64_t board_width) {
  PooledVector<int64_t> taps;
  for (int64_t ky = 0; ky < s.kernel_h; ++ky)
    for (int64_t kx = 0; kx < s.kernel_w; ++kx)
      taps.push_back(ky * s.dilation.h * board_width + kx * s.dilation.w);
  return taps;
}

// y = x * w; pack(column, columns, to) lays out some columns of w as [tap][in in whole steps].
void convolve(const Bf16Kernels& kernels, const Conv2dShape& s, const float* x, float* y,
              LoopBody<int64_t, int64_t, Bfloat16*> pack) {
  const Groups groups(s, kGroupPixels);
  const int64_t pixel = whole(s.in, kBf16Step);
  PooledVector<int64_t> steps;
  for (int64_t tap : taps_of(s, groups.full.width))
    for (int64_t c = 0; c < pixel; c += kBf16Step) steps.push_back(tap * pixel + c);
  const int64_t depth = static_cast<int64_t>(steps.size()) * kBf16Step;
  const Bf16Scratch weights(bf16_packed_size(depth, s.out));
  parallel_for((s.out + kBf16Columns - 1) / kBf16Columns, [&](int64_t panel) {
    const int64_t column = panel * kBf16Columns;
    pack(column, std::min(kBf16Columns, s.out - column), weights.data() + column * depth);
  });
  parallel_for(groups.count, [&](int64_t group) {
    const Board& board = groups.board(group);
    const int64_t first = group * groups.images;
    const Bf16Scratch pixels(board.pixels() * pixel);
    kernels.pack_rows(board.pixels(), s.in,
                      {x + first * s.height * s.width * s.in, 0, board.x_at.data()}, pixels.data(),
                      pixel);
    kernels.multiply({.rows = board.windows,
                      .columns = s.out,
                      .steps = static_cast<int64_t>(steps.size()),
                      .a = pixels.data(),
                      .a_row = pixel,
                      .b = weights.data(),
                      .c = y + first * s.out_height() * s.out_width() * s.out,
                      .c_row = s.out,
                      .step_at = steps.data(),
                      .c_at = board.y_at.data()});
  });
}

}  // namespace

bool bf16_conv_fits(const Conv2dShape& s) {
  const bool pointwise = s.kernel_h == 1 && s.kernel_w == 1;
  return !pointwise && s.stride == 1 && s.groups == 1 && s.padding.h <= reach_h(s) &&
         s.padding.w <= reach_w(s) && s.in >= kFewestChannels;
}

void bf16_conv2d(const Bf16Kernels& kernels, const Conv2dShape& s, const float* x, const float* w,
                 float* y) {
  const int64_t pixel = whole(s.in, kBf16Step), taps = s.kernel_h * s.kernel_w;
  PooledVector<int64_t> rows(taps * pixel, -1);
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t c = 0; c < s.in; ++c) rows[tap * pixel + c] = (tap * s.in + c) * s.out;
  convolve(kernels, s, x, y, [&](int64_t column, int64_t columns, Bfloat16* to) {
    kernels.pack_columns(taps * pixel, columns, {w + column, 0, rows.data()}, to);
  });
}

// The gradient of the input is the convolution of dy with the weights turned by half a circle and
// with in and out exchanged.
void bf16_conv2d_grad_input(const Bf16Kernels& kernels, const Conv2dShape& s, const float* dy,
                            const float* w, float* dx) {
  Conv2dShape turned = s;
  std::swap(turned.in, turned.out);
  turned.height = s.out_height();
  turned.width = s.out_width();
  turned.padding = {reach_h(s) - s.padding.h, reach_w(s) - s.padding.w};
  const int64_t taps = s.kernel_h * s.kernel_w, step = whole(s.out, kBf16Step) * kBf16Columns;
  convolve(kernels, turned, dy, dx, [&](int64_t column, int64_t columns, Bfloat16* to) {
    for (int64_t tap = 0; tap < taps; ++tap)
      kernels.pack_columns_transposed(
          s.out, columns, {w + ((taps - 1 - tap) * s.in + column) * s.out, s.out}, to + tap * step);
  });
}

// dw[tap] = x^T dy with x shifted by the tap: x is laid out with a channel's pixels in a row, where
// a shift is only another beginning. The rows of the product are the taps of 32 channels, then of
// the next 32, so that what they read stays near.
void bf16_conv2d_grad_weight(const Bf16Kernels& kernels, const Conv2dShape& s, const float* x,
                             const float* dy, float* dw) {
  const Groups groups(s, kGradPixels);
  const PooledVector<int64_t> taps = taps_of(s, groups.full.width);
  // An odd number of cache lines, or a tile's rows would share few sets of the first-level cache.
  const int64_t row = ((groups.full.pixels() / kBf16Step + 1) | 1) * kBf16Step;
  PooledVector<int64_t> blocks, dw_at;
  for (int64_t c0 = 0; c0 < s.in; c0 += kBf16Rows)
    for (size_t tap = 0; tap < taps.size(); ++tap) {
      blocks.push_back(c0 * row + taps[tap]);
      for (int64_t c = c0; c < c0 + kBf16Rows; ++c)
        dw_at.push_back(c < s.in ? (static_cast<int64_t>(tap) * s.in + c) * s.out : -1);
    }
  const int64_t size = s.kernel_h * s.kernel_w * s.in * s.out;
  const int64_t groups_per_part = (groups.count + kMostParts - 1) / kMostParts;
  const int64_t parts = groups.count > 0 ? (groups.count - 1) / groups_per_part + 1 : 0;
  const Scratch partial(parts * size);
  parallel_for(parts, [&](int64_t part) {
    float* sum = partial.data() + part * size;
    const Bf16Scratch channels(whole(s.in, kBf16Rows) * row);
    const Bf16Scratch gradient(bf16_packed_size(groups.full.windows, s.out));
    const int64_t begin = part * groups_per_part;
    const int64_t end = std::min(groups.count, begin + groups_per_part);
    for (int64_t group = begin; group < end; ++group) {
      const Board& board = groups.board(group);
      const int64_t first = group * groups.images;
      kernels.pack_rows_transposed(s.in, board.pixels(),
                                   {x + first * s.height * s.width * s.in, 0, board.x_at.data()},
                                   channels.data(), row);
      kernels.pack_columns(
          board.windows, s.out,
          {dy + first * s.out_height() * s.out_width() * s.out, 0, board.y_at.data()},
          gradient.data());
      kernels.multiply({.rows = static_cast<int64_t>(dw_at.size()),
                        .columns = s.out,
                        .steps = whole(board.windows, kBf16Step) / kBf16Step,
                        .a = channels.data(),
                        .a_row = row,
                        .b = gradient.data(),
                        .c = sum,
                        .c_row = s.out,
                        .accumulate = group > begin,
                        .block_at = blocks.data(),
                        .c_at = dw_at.data()});
    }
  });
  parallel_ranges(size, kSumGrain, [&](int64_t begin, int64_t end) {
    if (parts == 0) std::fill(dw + begin, dw + end, 0.0f);
    if (parts > 0) std::copy_n(partial.data() + begin, end - begin, dw + begin);
    for (int64_t part = 1; part < parts; ++part)
      for (int64_t i = begin; i < end; ++i) dw[i] += partial.data()[part * size + i];
  });
}

}  // namespace tengen::nn
