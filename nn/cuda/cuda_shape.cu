// CudaDevice: what moves elements and leaves them as they are.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/kernel_queue.h"

namespace tengen::nn {
namespace {

// Sizes and steps in runs of kLanes floats.
template <int kLanes, bool kAdd>
__global__ void blocks_kernel(int64_t n, int64_t size, const float* from, int64_t from_step,
                              float* to, int64_t to_step) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t block = i / size, inside = i - block * size;
    const float* const source = from + (block * from_step + inside) * kLanes;
    float* const target = to + (block * to_step + inside) * kLanes;
    if constexpr (kLanes == 4) {
      FourFloats value = load_four(source);
      if constexpr (kAdd) {
        const FourFloats before = load_four(target);
        for (int j = 0; j < 4; ++j) value.v[j] += before.v[j];
      }
      store_four(target, value);
    } else {
      *target = kAdd ? *target + *source : *source;
    }
  }
}

template <bool kAdd>
void launch_blocks_kernel(const KernelTarget& target, int64_t blocks, int64_t size,
                          const float* from, int64_t from_step, float* to, int64_t to_step) {
  if (from_step == size && to_step == size) {  // one long block
    size *= blocks;
    blocks = 1;
  }
  if (blocks == 1) from_step = to_step = 0;
  if (size % 4 == 0 && from_step % 4 == 0 && to_step % 4 == 0 && aligned_for_four(from) &&
      aligned_for_four(to))
    launch_over(target, blocks * size / 4, blocks_kernel<4, kAdd>, blocks * size / 4, size / 4,
                from, from_step / 4, to, to_step / 4);
  else
    launch_over(target, blocks * size, blocks_kernel<1, kAdd>, blocks * size, size, from, from_step,
                to, to_step);
}

constexpr int kMostAxes = 8;
constexpr int kTile = 32, kTileRows = 8;

// A permutation seen from its result: the length of each axis and its step in x. Axes that stay
// together are one, so that few are left.
struct Turned {
  int64_t length[kMostAxes], step[kMostAxes];
  int rank = 0;

  Turned(int full_rank, const int64_t* dims, const int* axes) {
    int64_t steps[kMostAxes], size = 1;
    for (int a = full_rank - 1; a >= 0; --a) {
      steps[a] = size;
      size *= dims[a];
    }
    for (int i = 0; i < full_rank; ++i) {
      const int64_t here = steps[axes[i]], long_ = dims[axes[i]];
      if (long_ == 1) continue;
      if (rank > 0 && step[rank - 1] == here * long_) {
        length[rank - 1] *= long_;
        step[rank - 1] = here;
      } else {
        length[rank] = long_;
        step[rank++] = here;
      }
    }
    if (rank == 0) {
      length[0] = step[0] = 1;
      rank = 1;
    }
  }
  // [.., m, n] -> [.., n, m]: a batch of matrices, each in one piece, turned over.
  bool is_transpose() const {
    if (rank < 2 || rank > 3) return false;
    const int a = rank - 2, b = rank - 1;
    return step[a] == 1 && step[b] == length[a] && (rank == 2 || step[0] == length[a] * length[b]);
  }
};

__global__ void permute_kernel(int64_t n, Turned t, const float* x, float* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    int64_t rest = i, from = 0;
    for (int a = t.rank - 1; a >= 0; --a) {
      const int64_t whole = rest / t.length[a];
      from += (rest - whole * t.length[a]) * t.step[a];
      rest = whole;
    }
    y[i] = x[from];
  }
}

// The same with fewer than 2^31 elements, where division is faster.
struct TurnedSmall {
  uint32_t length[kMostAxes], step[kMostAxes];
  int rank;
  explicit TurnedSmall(const Turned& t) : rank(t.rank) {
    for (int a = 0; a < rank; ++a) {
      length[a] = static_cast<uint32_t>(t.length[a]);
      step[a] = static_cast<uint32_t>(t.step[a]);
    }
  }
};
__global__ void permute_small_kernel(uint32_t n, TurnedSmall t, const float* x, float* y) {
  const uint32_t threads = static_cast<uint32_t>(grid_threads());
  for (uint32_t i = static_cast<uint32_t>(grid_thread()); i < n; i += threads) {
    uint32_t rest = i, from = 0;
    for (int a = t.rank - 1; a >= 0; --a) {
      const uint32_t whole = rest / t.length[a];
      from += (rest - whole * t.length[a]) * t.step[a];
      rest = whole;
    }
    y[i] = x[from];
  }
}

// x [batch, rows, columns] -> y [batch, columns, rows], tile by tile through shared memory, so that
// both sides go along lines of memory. Blocks of kTile x kTileRows threads.
__global__ void transpose_kernel(int64_t batch, int64_t rows, int64_t columns, const float* x,
                                 float* y) {
  __shared__ float tile[kTile][kTile + 1];
  const int64_t down = (rows + kTile - 1) / kTile, across = (columns + kTile - 1) / kTile;
  const int tx = static_cast<int>(threadIdx.x) % kTile, ty = static_cast<int>(threadIdx.x) / kTile;
  for (int64_t t = blockIdx.x; t < batch * down * across; t += gridDim.x) {
    const int64_t matrix = t / (down * across), inside = t - matrix * down * across;
    const int64_t r0 = inside / across * kTile, c0 = inside % across * kTile;
    const float* const from = x + matrix * rows * columns;
    float* const to = y + matrix * rows * columns;
    for (int k = ty; k < kTile; k += kTileRows)
      if (r0 + k < rows && c0 + tx < columns) tile[k][tx] = from[(r0 + k) * columns + c0 + tx];
    __syncthreads();
    for (int k = ty; k < kTile; k += kTileRows)
      if (c0 + k < columns && r0 + tx < rows) to[(c0 + k) * rows + r0 + tx] = tile[tx][k];
    __syncthreads();
  }
}

}  // namespace

void CudaDevice::copy_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step,
                             float* to, int64_t to_step) {
  launch_blocks_kernel<false>(target_, blocks, size, from, from_step, to, to_step);
}

void CudaDevice::add_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step,
                            float* to, int64_t to_step) {
  launch_blocks_kernel<true>(target_, blocks, size, from, from_step, to, to_step);
}

void CudaDevice::permute(int rank, const int64_t* dims, const int* axes, const float* x, float* y) {
  int64_t n = 1;
  for (int a = 0; a < rank; ++a) n *= dims[a];
  if (n == 0) return;
  const Turned t(rank, dims, axes);
  if (t.rank == 1) {
    copy_blocks(1, n, x, n, y, n);
  } else if (t.is_transpose()) {
    const int64_t rows = t.length[t.rank - 1], columns = t.length[t.rank - 2];
    const int64_t batch = n / (rows * columns);
    const int64_t tiles = batch * ((rows + kTile - 1) / kTile) * ((columns + kTile - 1) / kTile);
    launch_blocks(target_, tiles, kTile * kTileRows, transpose_kernel, batch, rows, columns, x, y);
  } else if (n < (int64_t{1} << 30)) {
    launch_over(target_, n, permute_small_kernel, n, TurnedSmall(t), x, y);
  } else {
    launch_over(target_, n, permute_kernel, n, t, x, y);
  }
}

}  // namespace tengen::nn
