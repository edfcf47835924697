// CudaDevice: two arrays element by element, of which the second is repeated.
#include <limits>
#include <type_traits>

#include "nn/cuda/cuda_device.h"
#include "nn/cuda/elements.h"

namespace tengen::nn {
namespace {

// As std::max and std::min of (a, b), also where one is not a number.
template <Binary kOp>
__device__ float binary_value(float a, float b) {
  if constexpr (kOp == Binary::kAdd) return a + b;
  if constexpr (kOp == Binary::kSubtract) return a - b;
  if constexpr (kOp == Binary::kMultiply) return a * b;
  if constexpr (kOp == Binary::kDivide) return a / b;
  if constexpr (kOp == Binary::kMaximum) return a < b ? b : a;
  if constexpr (kOp == Binary::kMinimum) return b < a ? b : a;
  if constexpr (kOp == Binary::kEqual) return a == b ? 1.0f : 0.0f;
}

template <Binary kOp>
struct BinaryValue {
  static constexpr int kInputs = 2, kOutputs = 1;
  __device__ void operator()(const float* ab, float* y) const {
    y[0] = binary_value<kOp>(ab[0], ab[1]);
  }
};

// What four neighbours meet in b.
enum class Fours { kNone, kOne, kFour };

// Index is 32 bits wide where that is enough: division is slow in 64.
template <Binary kOp, class Index>
__global__ void broadcast_kernel(Index n, Index nb, Index inner, Fours way, const float* a,
                                 const float* b, float* y) {
  const Index threads = static_cast<Index>(grid_threads());
  const Index first = static_cast<Index>(grid_thread());
  const Index fours = way == Fours::kNone ? 0 : n / 4;
  for (Index k = first; k < fours; k += threads) {
    FourFloats left = load_four(a + 4 * k), right;
    if (way == Fours::kFour) {
      right = load_four(b + 4 * k % nb);
    } else {
      const float one = b[4 * k / inner % nb];
      right = {{one, one, one, one}};
    }
    for (int j = 0; j < 4; ++j) left.v[j] = binary_value<kOp>(left.v[j], right.v[j]);
    store_four(y + 4 * k, left);
  }
  for (Index i = 4 * fours + first; i < n; i += threads)
    y[i] = binary_value<kOp>(a[i], b[i / inner % nb]);
}

template <class Body>
void with_operation(Binary op, const Body& body) {
  switch (op) {
#define TENGEN_OPERATION(name) \
  case Binary::name:           \
    return body(std::integral_constant<Binary, Binary::name>());
    TENGEN_OPERATION(kAdd)
    TENGEN_OPERATION(kSubtract)
    TENGEN_OPERATION(kMultiply)
    TENGEN_OPERATION(kDivide)
    TENGEN_OPERATION(kMaximum)
    TENGEN_OPERATION(kMinimum)
    TENGEN_OPERATION(kEqual)
#undef TENGEN_OPERATION
  }
}

Fours way_of(const float* a, const float* b, int64_t nb, int64_t inner, const float* y) {
  if (!aligned_for_four(a) || !aligned_for_four(y)) return Fours::kNone;
  if (inner % 4 == 0) return Fours::kOne;
  return inner == 1 && nb % 4 == 0 && aligned_for_four(b) ? Fours::kFour : Fours::kNone;
}

}  // namespace

void CudaDevice::binary(Binary op, int64_t n, const float* a, const float* b, int64_t nb,
                        int64_t inner, float* y) {
  if (nb == 1) inner = (n + 3) / 4 * 4;  // one number for all
  with_operation(op, [&](auto kind) {
    if (nb == n && inner == 1) {
      map_elements(target_, n, BinaryValue<kind()>(), {a, b}, {y});
      return;
    }
    const Fours way = way_of(a, b, nb, inner, y);
    const int64_t pieces = way == Fours::kNone ? n : (n + 3) / 4;
    if (n < std::numeric_limits<int32_t>::max() / 2)
      launch_over(target_, pieces, broadcast_kernel<kind(), uint32_t>, n, nb, inner, way, a, b, y);
    else
      launch_over(target_, pieces, broadcast_kernel<kind(), uint64_t>, n, nb, inner, way, a, b, y);
  });
}

}  // namespace tengen::nn
