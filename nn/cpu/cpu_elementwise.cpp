// CpuDevice, element by element: the same loops over ranges in parallel.
#include <algorithm>
#include <cmath>

#include "nn/base/parallel.h"
#include "nn/cpu/cpu_device.h"

namespace tengen::nn {
namespace {

constexpr int64_t kGrain = 32 * 1024;     // elements of a cheap loop
constexpr int64_t kSlowGrain = 2 * 1024;  // of one with exponentials

int64_t grain_of(UnaryOp op) {
  switch (op.kind) {
    case Unary::kTanh:
    case Unary::kSigmoid:
    case Unary::kExp:
    case Unary::kLog:
    case Unary::kSoftplus:
    case Unary::kElu:
    case Unary::kGelu:
    case Unary::kSilu:
    case Unary::kMish:
      return kSlowGrain;
    default:
      return kGrain;
  }
}

}  // namespace

void CpuDevice::fill(int64_t n, float value, float* x) {
  parallel_ranges(n, kGrain,
                  [&](int64_t begin, int64_t end) { std::fill(x + begin, x + end, value); });
}

void CpuDevice::unary(UnaryOp op, int64_t n, const float* x, float* y) {
  parallel_ranges(n, grain_of(op), [&](int64_t begin, int64_t end) {
    if (op.kind == Unary::kRelu)
      kernels_.relu(end - begin, x + begin, y + begin);
    else
      ReferenceDevice::unary(op, end - begin, x + begin, y + begin);
  });
}

void CpuDevice::unary_grad(UnaryOp op, int64_t n, const float* x, const float* y, const float* dy,
                           float* dx) {
  parallel_ranges(n, kGrain, [&](int64_t i, int64_t end) {
    if (op.kind == Unary::kRelu)
      kernels_.relu_grad(end - i, y + i, dy + i, dx + i);
    else
      ReferenceDevice::unary_grad(op, end - i, x + i, y + i, dy + i, dx + i);
  });
}

void CpuDevice::binary(Binary op, int64_t n, const float* a, const float* b, int64_t nb,
                       int64_t inner, float* y) {
  const auto run = op == Binary::kAdd        ? kernels_.add
                   : op == Binary::kMultiply ? kernels_.multiply
                                             : nullptr;
  if (nb >= n && inner == 1) {
    parallel_ranges(n, kGrain, [&](int64_t i, int64_t end) {
      if (run)
        run(end - i, a + i, b + i, y + i);
      else
        ReferenceDevice::binary(op, end - i, a + i, b + i, end - i, 1, y + i);
    });
    return;
  }
  // b starts again every `period` elements; where it never does, every `inner` moves it on by one.
  const int64_t period = nb * inner;
  if (period >= n) {
    const int64_t grain = std::max<int64_t>(1, kGrain / inner) * inner;
    parallel_ranges(n, grain, [&](int64_t i, int64_t end) {
      const int64_t left = (end - i + inner - 1) / inner;
      ReferenceDevice::binary(op, end - i, a + i, b + i / inner, left, inner, y + i);
    });
    return;
  }
  const int64_t grain = std::max<int64_t>(1, kGrain / period) * period;
  parallel_ranges(n, grain, [&](int64_t begin, int64_t end) {
    if (!run || inner != 1) {
      ReferenceDevice::binary(op, end - begin, a + begin, b, nb, inner, y + begin);
      return;
    }
    for (int64_t i = begin; i < end; i += nb) run(std::min(nb, end - i), a + i, b, y + i);
  });
}

void CpuDevice::axpy(int64_t n, float alpha, const float* x, float* y) {
  parallel_ranges(n, kGrain,
                  [&](int64_t i, int64_t end) { kernels_.axpy(end - i, alpha, x + i, y + i); });
}

}  // namespace tengen::nn
