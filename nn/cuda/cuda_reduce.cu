// CudaDevice: sums and maxima over an axis, and their gradients.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/elements.h"
#include "nn/cuda/fold.h"

namespace tengen::nn {
namespace {

// x [outer, axis, inner] -> [outer, inner].
struct AxisView {
  int64_t axis, inner;
  __device__ int64_t origin(int64_t q) const { return q / inner * axis * inner + q % inner; }
};

struct AxisSum : AxisView {
  using State = float;
  const float* x;
  float* y;
  __device__ float empty() const { return 0.0f; }
  __device__ void add(float& state, int64_t origin, int64_t a) const {
    state += x[origin + a * inner];
  }
  __device__ float merged(float a, float b) const { return a + b; }
  __device__ void store(int64_t q, float state) const { y[q] = state; }
};

// The maximum as the reference finds it, from the first element on by x > best: of equals the
// first, and what is not a number counts only there.
struct Maximum {
  float value;
  int32_t at;  // -1: none yet
};
struct AxisMaximum : AxisView {
  using State = Maximum;
  const float* x;
  float* y;
  int32_t* argmax;
  __device__ Maximum empty() const { return {0.0f, -1}; }
  __device__ void add(Maximum& state, int64_t origin, int64_t a) const {
    const float value = x[origin + a * inner];
    if (a == 0 || value == value) state = merged(state, {value, static_cast<int32_t>(a)});
  }
  __device__ Maximum merged(Maximum a, Maximum b) const {
    if (a.at < 0 || b.at < 0) return a.at < 0 ? b : a;
    if (a.value != a.value || b.value != b.value) return a.value != a.value ? a : b;
    if (a.value == b.value) return a.at < b.at ? a : b;
    return a.value > b.value ? a : b;
  }
  __device__ void store(int64_t q, const Maximum& state) const {
    y[q] = state.value;
    argmax[q] = state.at;
  }
};

struct Scale {
  static constexpr int kInputs = 1, kOutputs = 1;
  float alpha;
  __device__ void operator()(const float* x, float* y) const { y[0] = alpha * x[0]; }
};

// y [outer, axis, inner] = alpha x [outer, inner], or only where `only` says.
__global__ void spread_kernel(int64_t n, int64_t axis, int64_t inner, float alpha, const float* x,
                              const int32_t* only, float* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t row = i / inner, q = row / axis * inner + i % inner;
    y[i] = !only || only[q] == row % axis ? alpha * x[q] : 0.0f;
  }
}

// The same in fewer operations, for fewer than 2^31 elements.
__global__ void spread_small_kernel(uint32_t n, uint32_t axis, uint32_t inner, float alpha,
                                    const float* x, const int32_t* only, float* y) {
  const uint32_t threads = static_cast<uint32_t>(grid_threads());
  for (uint32_t i = static_cast<uint32_t>(grid_thread()); i < n; i += threads) {
    const uint32_t row = i / inner, q = row / axis * inner + i % inner;
    y[i] = !only || only[q] == static_cast<int32_t>(row % axis) ? alpha * x[q] : 0.0f;
  }
}

void spread(const KernelTarget& target, int64_t outer, int64_t axis, int64_t inner, float alpha,
            const float* x, const int32_t* only, float* y) {
  const int64_t n = outer * axis * inner;
  if (n < (int64_t{1} << 30))
    launch_over(target, n, spread_small_kernel, n, axis, inner, alpha, x, only, y);
  else
    launch_over(target, n, spread_kernel, n, axis, inner, alpha, x, only, y);
}

FoldShape fold_shape(int64_t outer, int64_t axis, int64_t inner) {
  return {outer * inner, axis, inner < 8};
}

}  // namespace

void CudaDevice::sum_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y) {
  fold_axis(target_, memory_, fold_shape(outer, axis, inner), AxisSum{{axis, inner}, x, y});
}

void CudaDevice::max_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y,
                          int32_t* argmax) {
  fold_axis(target_, memory_, fold_shape(outer, axis, inner),
            AxisMaximum{{axis, inner}, x, y, argmax});
}

void CudaDevice::repeat_axis(int64_t outer, int64_t axis, int64_t inner, float alpha,
                             const float* x, float* y) {
  if (axis == 1)
    map_elements(target_, outer * inner, Scale{alpha}, {x}, {y});
  else
    spread(target_, outer, axis, inner, alpha, x, nullptr, y);
}

void CudaDevice::max_axis_grad(int64_t outer, int64_t axis, int64_t inner, const float* dy,
                               const int32_t* argmax, float* dx) {
  spread(target_, outer, axis, inner, 1.0f, dy, argmax, dx);
}

}  // namespace tengen::nn
