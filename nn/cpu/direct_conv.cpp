#include "nn/cpu/direct_conv.h"

#include <algorithm>
#include <array>

#include "nn/base/parallel.h"
#include "nn/cpu/gemm.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kMostChannels = 4;
constexpr int64_t kMostTaps = 128;
constexpr int64_t kImages = 2;      // in one piece of work
constexpr int64_t kGradImages = 4;  // the fewest that one partial gradient of weights sums

// Where the taps lie in the planes [in, height, width] of an image with its border.
class Planes {
 public:
  explicit Planes(const Conv2dShape& s)
      : shape_(s),
        width_(s.width + 2 * s.padding.w),
        plane_((s.height + 2 * s.padding.h) * width_) {
    for (int64_t ky = 0; ky < s.kernel_h; ++ky)
      for (int64_t kx = 0; kx < s.kernel_w; ++kx)
        for (int64_t c = 0; c < s.in; ++c)
          at_[taps_++] = c * plane_ + ky * s.dilation.h * width_ + kx * s.dilation.w;
  }

  int64_t floats() const { return shape_.in * plane_; }
  int64_t taps() const { return taps_; }

  // Fills all but the border.
  void fill(const float* image, float* planes) const {
    for (int64_t c = 0; c < shape_.in; ++c)
      for (int64_t y = 0; y < shape_.height; ++y) {
        const float* from = image + y * shape_.width * shape_.in + c;
        float* to = planes + c * plane_ + (y + shape_.padding.h) * width_ + shape_.padding.w;
        for (int64_t x = 0; x < shape_.width; ++x) to[x] = from[x * shape_.in];
      }
  }

  TapProduct product(const float* planes) const {
    return {
        shape_.out_height(), shape_.out_width(), shape_.out, planes, width_, at_.data(), taps()};
  }

 private:
  const Conv2dShape& shape_;
  int64_t width_, plane_, taps_ = 0;
  std::array<int64_t, kMostTaps> at_;
};

int64_t image_floats(const Conv2dShape& s) { return s.height * s.width * s.in; }
int64_t result_floats(const Conv2dShape& s) { return s.out_height() * s.out_width() * s.out; }

}  // namespace

bool direct_fits(const Kernels& kernels, const Conv2dShape& s) {
  return s.in <= kMostChannels && s.groups == 1 && s.stride == 1 && s.kernel_h * s.kernel_w > 1 &&
         s.kernel_h * s.kernel_w * s.in <= kMostTaps && s.out % kernels.lanes == 0;
}

void direct_conv2d(const Kernels& kernels, const Conv2dShape& s, const float* x, const float* w,
                   const ImageSink& sink) {
  const int64_t taps = s.kernel_h * s.kernel_w * s.in;
  const Scratch packed(packed_columns(kernels, taps, s.out));
  kernels.pack_columns(taps, s.out, w, s.out, false, packed.data());
  direct_conv2d_packed(kernels, s, x, packed.data(), sink);
}

void direct_conv2d_packed(const Kernels& kernels, const Conv2dShape& s, const float* x,
                          const float* packed, const ImageSink& sink) {
  const Planes planes(s);
  parallel_ranges(s.n, kImages, [&](int64_t first, int64_t end) {
    const Scratch image(planes.floats());
    const Scratch result(sink.take ? result_floats(s) : 0);
    std::fill_n(image.data(), planes.floats(), 0.0f);
    for (int64_t i = first; i < end; ++i) {
      float* y = sink.take ? result.data() : sink.y + i * result_floats(s);
      planes.fill(x + i * image_floats(s), image.data());
      kernels.multiply_taps(planes.product(image.data()), packed, y);
      if (sink.take) (*sink.take)(i, 1, y);
    }
  });
}

void direct_grad_weight(const Kernels& kernels, const Conv2dShape& s, const float* x,
                        const ImageSource& source, float* dw) {
  const Planes planes(s);
  const int64_t parts = parts_of(s.n, kGradImages), size = planes.taps() * s.out;
  const Scratch partial(parts * size);
  parallel_for(parts, [&](int64_t part) {
    const Share share(s.n, parts, part);
    const Scratch image(planes.floats());
    const Scratch made(source.make ? result_floats(s) : 0);
    float* sums = partial.data() + part * size;
    std::fill_n(image.data(), planes.floats(), 0.0f);
    std::fill_n(sums, size, 0.0f);
    for (int64_t i = share.begin; i < share.end; ++i) {
      if (source.make) (*source.make)(i, 1, made.data());
      planes.fill(x + i * image_floats(s), image.data());
      kernels.multiply_taps_grad(planes.product(image.data()),
                                 source.make ? made.data() : source.dy + i * result_floats(s),
                                 sums);
    }
  });
  sum_parts(kernels, parts, size, partial.data(), dw);
}

}  // namespace tengen::nn
