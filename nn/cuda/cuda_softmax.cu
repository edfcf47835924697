// CudaDevice: softmax and its logarithm, a warp or a block for each row. A row is read again for
// each of its passes, from the cache.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/row_teams.h"

namespace tengen::nn {
namespace {

struct LogSoftmax {
  const float* x;
  float* y;
  template <int kTeam>
  __device__ void row(int64_t row, int64_t columns, int member, float* across) const {
    const float* from = x + row * columns;
    float* to = y + row * columns;
    float largest = -INFINITY, sum = 0.0f;
    for (int64_t c = member; c < columns; c += kTeam) largest = fmaxf(largest, from[c]);
    largest = merge_team<Largest, kTeam>(largest, across);
    for (int64_t c = member; c < columns; c += kTeam) sum += expf(from[c] - largest);
    const float log_sum = logf(merge_team<Sum, kTeam>(sum, across));
    for (int64_t c = member; c < columns; c += kTeam) to[c] = from[c] - largest - log_sum;
  }
};

struct LogSoftmaxGradient {
  const float *y, *dy;
  float* dx;
  template <int kTeam>
  __device__ void row(int64_t row, int64_t columns, int member, float* across) const {
    const int64_t at = row * columns;
    float sum = 0.0f;
    for (int64_t c = member; c < columns; c += kTeam) sum += dy[at + c];
    sum = merge_team<Sum, kTeam>(sum, across);
    for (int64_t c = member; c < columns; c += kTeam)
      dx[at + c] = dy[at + c] - expf(y[at + c]) * sum;
  }
};

// SoftmaxMask::visible, whose lengths lie on the device.
struct DeviceMask {
  int64_t queries;
  bool causal;
  const int32_t* lengths;
  int64_t rows_per_length;
  __device__ int64_t visible(int64_t row, int64_t keys) const {
    int64_t count = keys;
    if (causal) count = keys - queries + row % queries + 1;
    if (lengths && lengths[row / rows_per_length] < count) count = lengths[row / rows_per_length];
    return count < 0 ? 0 : count;
  }
};

struct Softmax {
  DeviceMask mask;
  const float* x;
  float* y;
  template <int kTeam>
  __device__ void row(int64_t row, int64_t columns, int member, float* across) const {
    const float* from = x + row * columns;
    float* to = y + row * columns;
    const int64_t visible = mask.visible(row, columns);
    float largest = -INFINITY, sum = 0.0f;
    for (int64_t c = member; c < visible; c += kTeam) largest = fmaxf(largest, from[c]);
    largest = merge_team<Largest, kTeam>(largest, across);
    for (int64_t c = member; c < visible; c += kTeam) sum += expf(from[c] - largest);
    const float share = 1.0f / merge_team<Sum, kTeam>(sum, across);
    for (int64_t c = member; c < columns; c += kTeam)
      to[c] = c < visible ? expf(from[c] - largest) * share : 0.0f;
  }
};

struct SoftmaxGradient {
  const float *y, *dy;
  float* dx;
  template <int kTeam>
  __device__ void row(int64_t row, int64_t columns, int member, float* across) const {
    const int64_t at = row * columns;
    float sum = 0.0f;
    for (int64_t c = member; c < columns; c += kTeam) sum += y[at + c] * dy[at + c];
    sum = merge_team<Sum, kTeam>(sum, across);
    for (int64_t c = member; c < columns; c += kTeam) dx[at + c] = y[at + c] * (dy[at + c] - sum);
  }
};

}  // namespace

void CudaDevice::log_softmax(int64_t rows, int64_t columns, const float* x, float* y) {
  for_rows(target_, rows, columns, LogSoftmax{x, y});
}

void CudaDevice::log_softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                                  float* dx) {
  for_rows(target_, rows, columns, LogSoftmaxGradient{y, dy, dx});
}

void CudaDevice::softmax(int64_t rows, int64_t columns, const SoftmaxMask& mask, const float* x,
                         float* y) {
  const DeviceMask on_device{mask.queries, mask.causal, mask.lengths, mask.rows_per_length};
  for_rows(target_, rows, columns, Softmax{on_device, x, y});
}

void CudaDevice::softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                              float* dx) {
  for_rows(target_, rows, columns, SoftmaxGradient{y, dy, dx});
}

}  // namespace tengen::nn
