// What the graphs of the double of cuDNN compute, in plain loops.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <algorithm>
#include <bit>

#include "tests/cuda/emulation/cudnn_descriptors.h"
#include "tests/cuda/emulation/cudnn_tensor.h"

namespace tengen::emulation {
namespace {

// TF32 keeps ten bits of the mantissa.
float tf32(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  return std::bit_cast<float>((bits + 0xfff + (bits >> 13 & 1)) & ~uint32_t{0x1fff});
}

float load(const void* data, size_t i, cudnnDataType_t type) {
  if (type == CUDNN_DATA_HALF) return __half2float(static_cast<const __half*>(data)[i]);
  if (type == CUDNN_DATA_BFLOAT16)
    return __bfloat162float(static_cast<const __nv_bfloat16*>(data)[i]);
  return static_cast<const float*>(data)[i];
}

void store(void* data, size_t i, cudnnDataType_t type, float value) {
  if (type == CUDNN_DATA_HALF)
    static_cast<__half*>(data)[i] = __float2half(value);
  else if (type == CUDNN_DATA_BFLOAT16)
    static_cast<__nv_bfloat16*>(data)[i] = __float2bfloat16(value);
  else
    static_cast<float*>(data)[i] = value;
}

class Computation {
 public:
  Computation(const std::map<int64_t, void*>& pointers, bool rounds)
      : pointers_(pointers), rounds_(rounds) {}

  void convolve(const Description& operation);
  void pointwise(const Description& operation);

 private:
  // The tensor's storage as floats.
  std::vector<float> read(const CudnnTensorDouble& t) {
    if (t.is_virtual) return virtuals_.at(t.number);
    std::vector<float> values(t.extent());
    for (size_t i = 0; i < values.size(); ++i) values[i] = load(pointers_.at(t.number), i, t.type);
    return values;
  }
  std::vector<float> read_factor(const CudnnTensorDouble& t) {
    std::vector<float> values = read(t);
    if (rounds_ && t.type == CUDNN_DATA_FLOAT)
      for (float& value : values) value = tf32(value);
    return values;
  }
  // Tensors are dense here, so that all of the storage is theirs.
  void write(const CudnnTensorDouble& t, const std::vector<float>& values) {
    if (t.is_virtual) {
      virtuals_[t.number] = values;
      return;
    }
    for (size_t i = 0; i < values.size(); ++i) store(pointers_.at(t.number), i, t.type, values[i]);
  }

  const std::map<int64_t, void*>& pointers_;
  bool rounds_;
  std::map<int64_t, std::vector<float>> virtuals_;
};

// Calls f(image, filter, result) with the places that meet in one product.
template <class F>
void for_each_product(const CudnnConvolutionDouble& s, const F& f) {
  const int64_t groups = s.image.c() / s.filter.c(), outs = s.filter.n() / groups;
  for (int64_t n = 0; n < s.result.n(); ++n)
    for (int64_t h = 0; h < s.result.h(); ++h)
      for (int64_t w = 0; w < s.result.w(); ++w)
        for (int64_t ky = 0; ky < s.filter.h(); ++ky)
          for (int64_t kx = 0; kx < s.filter.w(); ++kx) {
            const int64_t y = h * s.stride[0] - s.padding[0] + ky * s.dilation[0];
            const int64_t x = w * s.stride[1] - s.padding[1] + kx * s.dilation[1];
            if (y < 0 || y >= s.image.h() || x < 0 || x >= s.image.w()) continue;
            for (int64_t k = 0; k < s.filter.n(); ++k)
              for (int64_t c = 0; c < s.filter.c(); ++c)
                f(s.image.at(n, k / outs * s.filter.c() + c, y, x), s.filter.at(k, c, ky, kx),
                  s.result.at(n, k, h, w));
          }
}

void Computation::convolve(const Description& operation) {
  const CudnnConvolutionDouble s(operation);
  const auto run = [&](const CudnnTensorDouble& a, const CudnnTensorDouble& b,
                       const CudnnTensorDouble& to, const auto& places) {
    const std::vector<float> x = read_factor(a), y = read_factor(b);
    std::vector<double> sums(to.extent());
    for_each_product(s, [&](int64_t image, int64_t filter, int64_t result) {
      const auto [at_x, at_y, at_sum] = places(
          static_cast<size_t>(image), static_cast<size_t>(filter), static_cast<size_t>(result));
      sums[at_sum] += double{x[at_x]} * y[at_y];
    });
    write(to, std::vector<float>(sums.begin(), sums.end()));
  };
  struct Places {
    size_t x, y, sum;
  };
  if (operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)
    run(s.image, s.filter, s.result, [](size_t image, size_t filter, size_t result) {
      return Places{image, filter, result};
    });
  else if (operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR)
    run(s.result, s.filter, s.image, [](size_t image, size_t filter, size_t result) {
      return Places{result, filter, image};
    });
  else
    run(s.image, s.result, s.filter, [](size_t image, size_t filter, size_t result) {
      return Places{image, result, filter};
    });
}

void Computation::pointwise(const Description& operation) {
  const CudnnTensorDouble x(*operation.child(CUDNN_ATTR_OPERATION_POINTWISE_XDESC));
  const CudnnTensorDouble y(*operation.child(CUDNN_ATTR_OPERATION_POINTWISE_YDESC));
  const auto mode = operation.child(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR)
                        ->value<cudnnPointwiseMode_t>(CUDNN_ATTR_POINTWISE_MODE);
  const CudnnTensorDouble b(is_binary(mode)
                                ? *operation.child(CUDNN_ATTR_OPERATION_POINTWISE_BDESC)
                                : *operation.child(CUDNN_ATTR_OPERATION_POINTWISE_XDESC));
  const std::vector<float> from = read(x), other = read(b);
  std::vector<float> to(y.extent());
  const auto along = [&](int64_t i, size_t axis) { return b.dims[axis] == 1 ? 0 : i; };
  for (int64_t n = 0; n < y.n(); ++n)
    for (int64_t c = 0; c < y.c(); ++c)
      for (int64_t h = 0; h < y.h(); ++h)
        for (int64_t w = 0; w < y.w(); ++w) {
          const float p = from[static_cast<size_t>(x.at(n, c, h, w))];
          const float q =
              other[static_cast<size_t>(b.at(along(n, 0), along(c, 1), along(h, 2), along(w, 3)))];
          to[static_cast<size_t>(y.at(n, c, h, w))] = mode == CUDNN_POINTWISE_ADD   ? p + q
                                                      : mode == CUDNN_POINTWISE_MUL ? p * q
                                                      : mode == CUDNN_POINTWISE_RELU_FWD
                                                          ? std::max(p, 0.0f)
                                                          : p;
        }
  write(y, to);
}

}  // namespace

void compute(const Description& graph, const std::map<int64_t, void*>& pointers, bool rounds) {
  Computation computation(pointers, rounds);
  for (const Described& operation : graph.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).descriptions)
    if (is_convolution(*operation))
      computation.convolve(*operation);
    else
      computation.pointwise(*operation);
}

}  // namespace tengen::emulation
