// CpuDevice over rows: reductions and softmax in parallel over independent rows, and batch norm,
// whose sums run down fixed pieces of the rows and are added in order.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "nn/base/parallel.h"
#include "nn/cpu/cpu_device.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kElements = 16 * 1024;  // at least so many elements a piece

int64_t rows_of(int64_t row_elements) {
  return std::max<int64_t>(1, kElements / std::max<int64_t>(1, row_elements));
}

// Two sums for every column over all rows: body(begin, end, first, second) adds those of a piece.
class ColumnSums {
 public:
  template <class Body>
  ColumnSums(int64_t rows, int64_t columns, const Body& body)
      : columns_(columns), memory_(2 * 2 * columns), totals_(memory_.doubles()) {
    const int64_t grain = rows_of(columns), pieces = (rows + grain - 1) / grain;
    const Scratch partial_memory(2 * pieces * 2 * columns);
    double* const partial = partial_memory.doubles();
    std::fill_n(partial, pieces * 2 * columns, 0.0);
    std::fill_n(totals_, 2 * columns, 0.0);
    parallel_ranges(rows, grain, [&](int64_t begin, int64_t end) {
      double* sums = partial + begin / grain * 2 * columns;
      body(begin, end, sums, sums + columns);
    });
    for (int64_t p = 0; p < pieces; ++p)
      for (int64_t c = 0; c < 2 * columns; ++c) totals_[c] += partial[p * 2 * columns + c];
  }
  double first(int64_t column) const { return totals_[column]; }
  double second(int64_t column) const { return totals_[columns_ + column]; }

 private:
  int64_t columns_;
  Scratch memory_;
  double* totals_;
};

}  // namespace

void CpuDevice::sum_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y) {
  if (outer == 1 && axis > 1) return sum_rows(axis, inner, x, y);
  parallel_ranges(outer, rows_of(axis * inner), [&](int64_t begin, int64_t end) {
    const Scratch zero(inner), sums(4 * inner);
    std::fill_n(zero.data(), inner, 0.0f);
    double* const sum = sums.doubles();
    for (int64_t o = begin; o < end; ++o) {
      std::fill_n(sum, 2 * inner, 0.0);
      kernels_.column_moments(axis, inner, x + o * axis * inner, zero.data(), sum, sum + inner);
      for (int64_t i = 0; i < inner; ++i) y[o * inner + i] = static_cast<float>(sum[i]);
    }
  });
}

// Gradients of biases, and losses: a single number is summed as kColumns of them first.
void CpuDevice::sum_rows(int64_t rows, int64_t columns, const float* x, float* y) {
  constexpr int64_t kColumns = 64;
  if (columns == 1 && rows >= 2 * kColumns) {
    float sums[kColumns];
    sum_rows(rows / kColumns, kColumns, x, sums);
    double total = std::accumulate(x + rows / kColumns * kColumns, x + rows, 0.0);
    for (float sum : sums) total += sum;
    *y = static_cast<float>(total);
    return;
  }
  const Scratch zero(columns);
  std::fill_n(zero.data(), columns, 0.0f);
  const ColumnSums sums(rows, columns, [&](int64_t i, int64_t end, double* sum, double* square) {
    kernels_.column_moments(end - i, columns, x + i * columns, zero.data(), sum, square);
  });
  for (int64_t c = 0; c < columns; ++c) y[c] = static_cast<float>(sums.first(c));
}

void CpuDevice::max_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y,
                         int32_t* argmax) {
  parallel_ranges(outer, rows_of(axis * inner), [&](int64_t i, int64_t end) {
    ReferenceDevice::max_axis(end - i, axis, inner, x + i * axis * inner, y + i * inner,
                              argmax + i * inner);
  });
}

void CpuDevice::repeat_axis(int64_t outer, int64_t axis, int64_t inner, float alpha, const float* x,
                            float* y) {
  parallel_ranges(outer, rows_of(axis * inner), [&](int64_t i, int64_t end) {
    ReferenceDevice::repeat_axis(end - i, axis, inner, alpha, x + i * inner, y + i * axis * inner);
  });
}

void CpuDevice::max_axis_grad(int64_t outer, int64_t axis, int64_t inner, const float* dy,
                              const int32_t* argmax, float* dx) {
  parallel_ranges(outer, rows_of(axis * inner), [&](int64_t i, int64_t end) {
    ReferenceDevice::max_axis_grad(end - i, axis, inner, dy + i * inner, argmax + i * inner,
                                   dx + i * axis * inner);
  });
}

void CpuDevice::softmax(int64_t rows, int64_t columns, const SoftmaxMask& mask, const float* x,
                        float* y) {
  parallel_ranges(rows, rows_of(4 * columns), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const int64_t visible = mask.visible(r, columns);
      kernels_.element.softmax(visible, x + r * columns, y + r * columns);
      std::fill(y + r * columns + visible, y + (r + 1) * columns, 0.0f);
    }
  });
}

void CpuDevice::softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                             float* dx) {
  parallel_ranges(rows, rows_of(columns), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin * columns; i < end * columns; i += columns)
      kernels_.element.softmax_grad(columns, y + i, dy + i, dx + i);
  });
}

void CpuDevice::log_softmax(int64_t rows, int64_t columns, const float* x, float* y) {
  parallel_ranges(rows, rows_of(4 * columns), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin * columns; i < end * columns; i += columns)
      kernels_.element.log_softmax(columns, x + i, y + i);
  });
}

void CpuDevice::log_softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                                 float* dx) {
  parallel_ranges(rows, rows_of(4 * columns), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin * columns; i < end * columns; i += columns)
      kernels_.element.log_softmax_grad(columns, y + i, dy + i, dx + i);
  });
}

void CpuDevice::batch_norm(int64_t rows, int64_t channels, float epsilon, const float* x,
                           const float* gamma, const float* beta, float* y, float* mean,
                           float* inverse_std) {
  normalize(rows, channels, epsilon, x, gamma, beta, {}, y, mean, inverse_std);
}

void CpuDevice::batch_norm_relu(int64_t rows, int64_t channels, float epsilon, const float* x,
                                const float* gamma, const float* beta, const float* residual,
                                float* y, float* mean, float* inverse_std) {
  normalize(rows, channels, epsilon, x, gamma, beta, {.residual = residual, .relu = true}, y, mean,
            inverse_std);
}

void CpuDevice::batch_norm_grad(int64_t rows, int64_t channels, const float* x, const float* dy,
                                const float* gamma, const float* mean, const float* inverse_std,
                                float* dx, float* dgamma, float* dbeta) {
  normalize_grad(rows, channels, x, nullptr, dy, gamma, mean, inverse_std, dx, dgamma, dbeta,
                 nullptr);
}

void CpuDevice::batch_norm_relu_grad(int64_t rows, int64_t channels, const float* x, const float* y,
                                     const float* dy, const float* gamma, const float* mean,
                                     const float* inverse_std, float* dx, float* dgamma,
                                     float* dbeta, float* dresidual) {
  normalize_grad(rows, channels, x, y, dy, gamma, mean, inverse_std, dx, dgamma, dbeta,
                 dresidual ? dresidual : dx);
}

// The moments are taken about the first row, which keeps the variance exact where the mean is
// far from zero.
void CpuDevice::normalize(int64_t rows, int64_t channels, float epsilon, const float* x,
                          const float* gamma, const float* beta, const Epilogue& then, float* y,
                          float* mean, float* inverse_std) {
  const ColumnSums sums(rows, channels, [&](int64_t i, int64_t end, double* sum, double* square) {
    kernels_.column_moments(end - i, channels, x + i * channels, x, sum, square);
  });
  const Scratch factor_memory(channels), term_memory(channels);
  float *const factor = factor_memory.data(), *const term = term_memory.data();
  for (int64_t c = 0; c < channels; ++c) {
    const double shift = sums.first(c) / rows;
    const double variance = std::max(0.0, sums.second(c) / rows - shift * shift);
    mean[c] = static_cast<float>(x[c] + shift);
    inverse_std[c] = static_cast<float>(1.0 / std::sqrt(variance + epsilon));
    factor[c] = gamma[c] * inverse_std[c];
    term[c] = beta[c] - mean[c] * factor[c];
  }
  parallel_ranges(rows, rows_of(channels), [&](int64_t i, int64_t end) {
    const int64_t at = i * channels;
    if (!then.relu) return kernels_.scale_columns(end - i, channels, x + at, factor, term, y + at);
    kernels_.scale_columns_relu(end - i, channels, x + at, factor, term,
                                then.residual ? then.residual + at : nullptr, y + at);
  });
}

// dx = gamma * inverse_std * (dy - sum_dy / rows - xhat * sum_dy_xhat / rows), gathered by what
// multiplies dy, x and nothing.
void CpuDevice::normalize_grad(int64_t rows, int64_t channels, const float* x, const float* y,
                               const float* dy, const float* gamma, const float* mean,
                               const float* inverse_std, float* dx, float* dgamma, float* dbeta,
                               float* dz) {
  const float* gradient = y ? dz : dy;
  const ColumnSums sums(rows, channels, [&](int64_t i, int64_t end, double* first, double* second) {
    const int64_t at = i * channels;
    kernels_.column_grad_sums(end - i, channels, x + at, y ? y + at : nullptr, dy + at, mean,
                              inverse_std, y ? dz + at : nullptr, first, second);
  });
  const Scratch p_memory(channels), q_memory(channels), r_memory(channels);
  float *const p = p_memory.data(), *const q = q_memory.data(), *const r = r_memory.data();
  for (int64_t c = 0; c < channels; ++c) {
    dbeta[c] = static_cast<float>(sums.first(c));
    dgamma[c] = static_cast<float>(sums.second(c));
    const double factor = static_cast<double>(gamma[c]) * inverse_std[c];
    const double slope = -factor * inverse_std[c] * sums.second(c) / rows;
    p[c] = static_cast<float>(factor);
    q[c] = static_cast<float>(slope);
    r[c] = static_cast<float>(-factor * sums.first(c) / rows - slope * mean[c]);
  }
  parallel_ranges(rows, rows_of(channels), [&](int64_t i, int64_t end) {
    kernels_.combine_columns(end - i, channels, gradient + i * channels, x + i * channels, p, q, r,
                             dx + i * channels);
  });
}

}  // namespace tengen::nn
