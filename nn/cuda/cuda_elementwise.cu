// CudaDevice: element by element, without broadcasts.
#include <type_traits>

#include "nn/cuda/cuda_device.h"
#include "nn/cuda/elements.h"
#include "nn/cuda/unary_functions.h"

namespace tengen::nn {
namespace {

template <Unary kKind>
struct UnaryValue {
  static constexpr int kInputs = 1, kOutputs = 1;
  float parameter;
  __device__ void operator()(const float* x, float* y) const {
    y[0] = unary_value<kKind>(x[0], parameter);
  }
};

template <Unary kKind>
struct UnaryGradient {
  static constexpr int kInputs = 2, kOutputs = 1;
  float parameter;
  __device__ void operator()(const float* in, float* dx) const {
    dx[0] = in[1] * unary_slope<kKind>(in[0], parameter);
  }
};

// body(the kind as a constant).
template <class Body>
void with_kind(Unary kind, const Body& body) {
  switch (kind) {
#define TENGEN_KIND(name) \
  case Unary::name:       \
    return body(std::integral_constant<Unary, Unary::name>());
    TENGEN_KIND(kRelu)
    TENGEN_KIND(kTanh)
    TENGEN_KIND(kSigmoid)
    TENGEN_KIND(kExp)
    TENGEN_KIND(kLog)
    TENGEN_KIND(kSquare)
    TENGEN_KIND(kSqrt)
    TENGEN_KIND(kAbs)
    TENGEN_KIND(kNegate)
    TENGEN_KIND(kSoftplus)
    TENGEN_KIND(kLeakyRelu)
    TENGEN_KIND(kElu)
    TENGEN_KIND(kGelu)
    TENGEN_KIND(kSilu)
    TENGEN_KIND(kMish)
#undef TENGEN_KIND
  }
}

struct Axpy {
  static constexpr int kInputs = 2, kOutputs = 1;
  float alpha;
  __device__ void operator()(const float* xy, float* y) const { y[0] = xy[1] + alpha * xy[0]; }
};

__global__ void fill_kernel(int64_t n, float value, float* x, bool in_fours) {
  const int64_t fours = in_fours ? n / 4 : 0;
  for (int64_t i = grid_thread(); i < fours; i += grid_threads())
    store_four(x + 4 * i, {{value, value, value, value}});
  for (int64_t i = 4 * fours + grid_thread(); i < n; i += grid_threads()) x[i] = value;
}

// A thread has the two elements that one draw decides about. `dropped` is p * 2^32.
__global__ void dropout_kernel(int64_t n, uint64_t dropped, float factor, Rng rng, const float* x,
                               float* y) {
  for (int64_t pair = grid_thread(); 2 * pair < n; pair += grid_threads()) {
    Rng own = rng;
    own.skip(static_cast<uint64_t>(pair));
    const uint64_t bits = own.bits();
    const int64_t i = 2 * pair;
    y[i] = x[i] * ((bits >> 32) < dropped ? 0.0f : factor);
    if (i + 1 < n) y[i + 1] = x[i + 1] * ((bits & 0xffffffffu) < dropped ? 0.0f : factor);
  }
}

}  // namespace

void CudaDevice::fill(int64_t n, float value, float* x) {
  const bool fours = aligned_for_four(x);
  launch_over(target_, fours ? (n + 3) / 4 : n, fill_kernel, n, value, x, fours);
}

void CudaDevice::unary(UnaryOp op, int64_t n, const float* x, float* y) {
  with_kind(op.kind, [&](auto kind) {
    map_elements(target_, n, UnaryValue<kind()>{op.parameter}, {x}, {y});
  });
}

void CudaDevice::unary_grad(UnaryOp op, int64_t n, const float* x, const float* y, const float* dy,
                            float* dx) {
  with_kind(op.kind, [&](auto kind) {
    map_elements(target_, n, UnaryGradient<kind()>{op.parameter},
                 {slope_reads_y(kind()) ? y : x, dy}, {dx});
  });
}

void CudaDevice::axpy(int64_t n, float alpha, const float* x, float* y) {
  map_elements(target_, n, Axpy{alpha}, {x, y}, {y});
}

void CudaDevice::dropout(int64_t n, float p, Rng rng, const float* x, float* y) {
  const uint64_t dropped = static_cast<uint64_t>(static_cast<double>(p) * 0x1.0p32);
  launch_over(target_, (n + 1) / 2, dropout_kernel, n, dropped, 1.0f / (1.0f - p), rng, x, y);
}

}  // namespace tengen::nn
