// CpuDevice's pooling, image by image in parallel, alone and as the end of a convolution.
#include <algorithm>
#include <array>

#include "nn/base/parallel.h"
#include "nn/cpu/cpu_device.h"
#include "nn/cpu/direct_conv.h"
#include "nn/cpu/image_pool.h"
#include "nn/cpu/scratch.h"
#include "nn/cpu/winograd_conv.h"

namespace tengen::nn {
namespace {

constexpr int64_t kMostTaps = 64;  // of a window; larger ones take the plain way

int64_t image_floats(const Pool2dShape& s) { return s.height * s.width * s.channels; }
int64_t result_floats(const Pool2dShape& s) { return s.out_height() * s.out_width() * s.channels; }

// The part of a window along one axis that lies inside.
struct Extent {
  Extent(int64_t result, int64_t stride, int64_t padding, int64_t kernel, int64_t size)
      : from(result * stride - padding),
        begin(std::max<int64_t>(0, -from)),
        end(std::min(kernel, size - from)) {}
  bool whole(int64_t kernel) const { return begin == 0 && end == kernel; }
  int64_t from, begin, end;
};

// Calls visit(row, place in the image, place in the result) for runs of windows of one line that
// have the same taps.
template <class Visit>
void for_each_row(const Pool2dShape& s, const Visit& visit) {
  std::array<int64_t, kMostTaps> at;
  std::array<int32_t, kMostTaps> tap;
  const auto columns = [&](int64_t ox) {
    return Extent(ox, s.stride.w, s.padding.w, s.kernel.w, s.width);
  };
  for (int64_t oy = 0; oy < s.out_height(); ++oy) {
    const Extent y(oy, s.stride.h, s.padding.h, s.kernel.h, s.height);
    for (int64_t ox = 0; ox < s.out_width();) {
      const Extent x = columns(ox);
      PoolRow row{1, s.stride.w * s.channels, s.channels, at.data(), tap.data(), 0};
      while (x.whole(s.kernel.w) && ox + row.count < s.out_width() &&
             columns(ox + row.count).whole(s.kernel.w))
        ++row.count;
      for (int64_t ky = y.begin; ky < y.end; ++ky)
        for (int64_t kx = x.begin; kx < x.end; ++kx, ++row.taps) {
          at[row.taps] = ((ky - y.begin) * s.width + kx - x.begin) * s.channels;
          tap[row.taps] = static_cast<int32_t>(ky * s.kernel.w + kx);
        }
      visit(row, ((y.from + y.begin) * s.width + x.from + x.begin) * s.channels,
            (oy * s.out_width() + ox) * s.channels);
      ox += row.count;
    }
  }
}

void pool_image_grad(const Kernels& kernels, const Pool2dShape& s, const float* dy,
                     const int32_t* tap, float* dx) {
  std::fill_n(dx, image_floats(s), 0.0f);
  for_each_row(s, [&](const PoolRow& row, int64_t in, int64_t out) {
    kernels.max_pool_row_grad(row, dy + out, tap + out, dx + in);
  });
}

Pool2dShape one_image(Pool2dShape s) {
  s.n = 1;
  return s;
}

}  // namespace

bool few_taps(const Pool2dShape& s) { return s.kernel.h * s.kernel.w <= kMostTaps; }

void max_pool_image(const Kernels& kernels, const Pool2dShape& s, const float* x, const float* bias,
                    float* y, int32_t* tap) {
  for_each_row(s, [&](const PoolRow& row, int64_t in, int64_t out) {
    kernels.max_pool_row(row, x + in, bias, y + out, tap + out);
  });
}

void CpuDevice::max_pool(const Pool2dShape& s, const float* x, float* y, int32_t* tap) {
  parallel_for(s.n, [&](int64_t i) {
    const int64_t in = i * image_floats(s), out = i * result_floats(s);
    if (few_taps(s))
      max_pool_image(kernels_, s, x + in, nullptr, y + out, tap + out);
    else
      ReferenceDevice::max_pool(one_image(s), x + in, y + out, tap + out);
  });
}

void CpuDevice::max_pool_grad(const Pool2dShape& s, const float* dy, const int32_t* tap,
                              float* dx) {
  parallel_for(s.n, [&](int64_t i) {
    const int64_t in = i * image_floats(s), out = i * result_floats(s);
    if (few_taps(s))
      pool_image_grad(kernels_, s, dy + out, tap + out, dx + in);
    else
      ReferenceDevice::max_pool_grad(one_image(s), dy + out, tap + out, dx + in);
  });
}

void CpuDevice::average_pool(const Pool2dShape& s, const float* x, float* y) {
  parallel_for(s.n, [&](int64_t i) {
    ReferenceDevice::average_pool(one_image(s), x + i * image_floats(s), y + i * result_floats(s));
  });
}

void CpuDevice::average_pool_grad(const Pool2dShape& s, const float* dy, float* dx) {
  parallel_for(s.n, [&](int64_t i) {
    ReferenceDevice::average_pool_grad(one_image(s), dy + i * result_floats(s),
                                       dx + i * image_floats(s));
  });
}

// Adding the bias and rectifying keep the order, so that they may follow the maximum.
void CpuDevice::conv2d_relu_max_pool(const Conv2dShape& conv, const Pool2dShape& pool,
                                     const float* x, const float* w, const float* bias, float* y,
                                     int32_t* tap) {
  const auto pooled = [&](int64_t first, int64_t images, const float* result) {
    for (int64_t i = 0; i < images; ++i) {
      const int64_t out = (first + i) * result_floats(pool);
      max_pool_image(kernels_, pool, result + i * image_floats(pool), bias, y + out, tap + out);
    }
  };
  const LoopBody<int64_t, int64_t, const float*> take(pooled);
  const ImageSink sink{.take = &take};
  const bool fits = few_taps(pool) && !in_bfloat16(conv);
  if (fits && direct_fits(kernels_, conv))
    direct_conv2d(kernels_, conv, x, w, sink);
  else if (fits && winograd_fits(conv))
    winograd_conv2d(kernels_, conv, x, w, sink);
  else
    ReferenceDevice::conv2d_relu_max_pool(conv, pool, x, w, bias, y, tap);
}

void CpuDevice::conv2d_relu_max_pool_grad(const Conv2dShape& conv, const Pool2dShape& pool,
                                          const float* x, const float* w, const float* y,
                                          const int32_t* tap, const float* dy, float* dx, float* dw,
                                          float* dbias) {
  const bool direct = direct_fits(kernels_, conv) && !dx;
  if (!few_taps(pool) || in_bfloat16(conv) || !(direct || winograd_fits(conv)))
    return ReferenceDevice::conv2d_relu_max_pool_grad(conv, pool, x, w, y, tap, dy, dx, dw, dbias);
  const int64_t pooled = pool.n * result_floats(pool);
  const Scratch slope(pooled);
  unary_grad(Unary::kRelu, pooled, y, y, dy, slope.data());
  sum_axis(1, pooled / conv.out, conv.out, slope.data(), dbias);
  const auto unpooled = [&](int64_t first, int64_t images, float* image) {
    for (int64_t i = 0; i < images; ++i) {
      const int64_t out = (first + i) * result_floats(pool);
      pool_image_grad(kernels_, pool, slope.data() + out, tap + out,
                      image + i * image_floats(pool));
    }
  };
  const LoopBody<int64_t, int64_t, float*> make(unpooled);
  const ImageSource source{.make = &make};
  if (direct)
    direct_grad_weight(kernels_, conv, x, source, dw);
  else
    winograd_grad(kernels_, conv, x, w, source, dx, dw);
}

}  // namespace tengen::nn
