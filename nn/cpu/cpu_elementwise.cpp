// CpuDevice, element by element: the same loops over ranges in parallel.
#include <algorithm>
#include <cmath>

#include "nn/base/parallel.h"
#include "nn/cpu/cpu_device.h"

namespace tengen::nn {
namespace {

constexpr int64_t kGrain = 32 * 1024;     // elements of a cheap loop
constexpr int64_t kSlowGrain = 8 * 1024;  // of one with exponentials

int64_t grain_of(UnaryOp op) {
  switch (op.kind) {
    case Unary::kRelu:
    case Unary::kLeakyRelu:
    case Unary::kSquare:
    case Unary::kAbs:
    case Unary::kNegate:
      return kGrain;
    default:
      return kSlowGrain;
  }
}

// As Device::unary_grad says.
bool gradient_reads_result(UnaryOp op) {
  switch (op.kind) {
    case Unary::kRelu:
    case Unary::kTanh:
    case Unary::kSigmoid:
    case Unary::kExp:
    case Unary::kSqrt:
    case Unary::kLeakyRelu:
    case Unary::kElu:
      return true;
    default:
      return false;
  }
}

}  // namespace

void CpuDevice::fill(int64_t n, float value, float* x) {
  parallel_ranges(n, kGrain,
                  [&](int64_t begin, int64_t end) { std::fill(x + begin, x + end, value); });
}

void CpuDevice::unary(UnaryOp op, int64_t n, const float* x, float* y) {
  parallel_ranges(n, grain_of(op), [&](int64_t i, int64_t end) {
    kernels_.element.unary(op.kind, op.parameter, end - i, x + i, y + i);
  });
}

void CpuDevice::unary_grad(UnaryOp op, int64_t n, const float* x, const float* y, const float* dy,
                           float* dx) {
  const float* const read = gradient_reads_result(op) ? y : x;
  parallel_ranges(n, grain_of(op), [&](int64_t i, int64_t end) {
    kernels_.element.unary_grad(op.kind, op.parameter, end - i, read + i, dy + i, dx + i);
  });
}

void CpuDevice::binary(Binary op, int64_t n, const float* a, const float* b, int64_t nb,
                       int64_t inner, float* y) {
  if (nb >= n && inner == 1) {
    parallel_ranges(n, kGrain, [&](int64_t i, int64_t end) {
      kernels_.element.binary(op, end - i, a + i, b + i, y + i);
    });
    return;
  }
  // Runs that meet one number of b, or all of them in order.
  const int64_t run = inner == 1 && nb > 1 ? nb : nb == 1 ? kGrain : inner;
  const bool one = run != nb || inner != 1;
  parallel_ranges(n, std::max<int64_t>(1, kGrain / run) * run, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i += run) {
      const int64_t size = std::min(run, end - i);
      if (one)
        kernels_.element.binary_with_one(op, size, a + i, b[i / inner % nb], y + i);
      else
        kernels_.element.binary(op, size, a + i, b, y + i);
    }
  });
}

// Pieces of an even size, since two elements share a draw.
void CpuDevice::dropout(int64_t n, float p, Rng rng, const float* x, float* y) {
  parallel_ranges(n, kSlowGrain, [&](int64_t i, int64_t end) {
    Rng from_here = rng;
    from_here.skip(static_cast<uint64_t>(i / 2));
    ReferenceDevice::dropout(end - i, p, from_here, x + i, y + i);
  });
}

void CpuDevice::axpy(int64_t n, float alpha, const float* x, float* y) {
  parallel_ranges(n, kGrain,
                  [&](int64_t i, int64_t end) { kernels_.axpy(end - i, alpha, x + i, y + i); });
}

}  // namespace tengen::nn
