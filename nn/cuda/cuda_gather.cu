// CudaDevice: rows by their numbers.
//
// The gradient of a gather adds, for each row of the table, what came from it, in the order of the
// indices: they are sorted first. Sorting compares each with each, which for the tens of thousands
// of indices of a batch takes less time than the passes of an asymptotically better way.
#include <limits>

#include "nn/cuda/cuda_device.h"
#include "nn/cuda/kernel_queue.h"

namespace tengen::nn {
namespace {

// `wrong` [1] becomes the smallest place of a float that is no index.
__global__ void to_indices_kernel(int64_t n, float limit, const float* x, int32_t* index,
                                  unsigned long long* wrong) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const float value = x[i];
    const bool inside = value >= 0.0f && value < limit;
    const int32_t whole = inside ? static_cast<int32_t>(value) : 0;
    index[i] = whole;
    if (!inside || static_cast<float>(whole) != value)
      atomicMin(wrong, static_cast<unsigned long long>(i));
  }
}

__global__ void gather_kernel(int64_t n, int64_t axis, int64_t inner, int64_t count,
                              const int32_t* index, const float* x, float* y, bool fours) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t row = i / inner, outer = row / count;
    const int64_t from = (outer * axis + index[row - outer * count]) * inner + (i - row * inner);
    if (fours)
      store_four(y + 4 * i, load_four(x + 4 * from));
    else
      y[i] = x[from];
  }
}

// order[p] = the p-th of 0 .. count-1 when sorted by index, equals in their own order.
__global__ void order_kernel(int count, const int32_t* index, int32_t* order) {
  __shared__ int32_t others[kBlockThreads];
  const int tiles = (count + static_cast<int>(blockDim.x) - 1) / static_cast<int>(blockDim.x);
  for (int mine = blockIdx.x; mine < tiles; mine += gridDim.x) {
    const int j = mine * static_cast<int>(blockDim.x) + static_cast<int>(threadIdx.x);
    const int32_t own = j < count ? index[j] : 0;
    int place = 0;
    for (int tile = 0; tile < tiles; ++tile) {
      const int first = tile * static_cast<int>(blockDim.x);
      const int other = first + static_cast<int>(threadIdx.x);
      if (other < count) others[threadIdx.x] = index[other];
      __syncthreads();
      const int here = min(static_cast<int>(blockDim.x), count - first);
      for (int k = 0; k < here; ++k)
        place += others[k] < own || (others[k] == own && first + k < j);
      __syncthreads();
    }
    if (j < count) order[place] = j;
  }
}

// A thread for each place in the order and each element of a row; the first of equal indices adds
// for all of them.
__global__ void gather_grad_kernel(int64_t n, int64_t outer, int64_t axis, int64_t inner, int count,
                                   const int32_t* index, const int32_t* order, const float* dy,
                                   float* dx) {
  const int64_t width = outer * inner;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int p = static_cast<int>(i / width);
    const int64_t element = i - p * width, o = element / inner, inside = element - o * inner;
    const int32_t row = index[order[p]];
    if (p > 0 && index[order[p - 1]] == row) continue;
    float* const to = dx + (o * axis + row) * inner + inside;
    float sum = *to;
    for (int k = p; k < count && index[order[k]] == row; ++k)
      sum += dy[(o * count + order[k]) * inner + inside];
    *to = sum;
  }
}

}  // namespace

// Waits for the device: the caller wants the answer.
int64_t CudaDevice::to_indices(int64_t n, int64_t limit, const float* x, int32_t* index) {
  if (n == 0) return 0;
  const OnDevice on(target_.device);
  const auto memory = memory_.allocate(sizeof(unsigned long long));
  auto* const wrong = static_cast<unsigned long long*>(memory.get());
  CUDA_CHECK(cudaMemsetAsync(wrong, 0xff, sizeof *wrong, stream()));
  launch_over(target_, n, to_indices_kernel, n, static_cast<float>(limit), x, index, wrong);
  unsigned long long first = 0;
  copy_to_host(&first, wrong, sizeof first);
  return std::min(n, static_cast<int64_t>(
                         std::min<unsigned long long>(first, std::numeric_limits<int64_t>::max())));
}

void CudaDevice::gather(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                        const int32_t* index, const float* x, float* y) {
  const bool fours = inner % 4 == 0 && aligned_for_four(x) && aligned_for_four(y);
  const int64_t width = fours ? inner / 4 : inner;
  const int64_t n = outer * count * width;
  launch_over(target_, n, gather_kernel, n, axis, width, count, index, x, y, fours);
}

void CudaDevice::gather_grad(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                             const int32_t* index, const float* dy, float* dx) {
  const auto memory = memory_.allocate(count * sizeof(int32_t));
  int32_t* const order = static_cast<int32_t*>(memory.get());
  CHECK(count <= std::numeric_limits<int32_t>::max());
  launch_over(target_, count, order_kernel, count, index, order);
  const int64_t n = count * outer * inner;
  launch_over(target_, n, gather_grad_kernel, n, outer, axis, inner, count, index, order, dy, dx);
}

}  // namespace tengen::nn
