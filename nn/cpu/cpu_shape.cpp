// CpuDevice: what moves elements, in parallel over where they go.
#include <algorithm>
#include <array>
#include <utility>

#include "nn/base/parallel.h"
#include "nn/cpu/cpu_device.h"

namespace tengen::nn {
namespace {

constexpr int64_t kElements = 32 * 1024;  // at least so many a piece
constexpr int64_t kTile = 16;             // a square that is turned at once: a line of memory
constexpr int kMaxAxes = 8;

int64_t blocks_of(int64_t size) {
  return std::max<int64_t>(1, kElements / std::max<int64_t>(1, size));
}

// A permutation, seen from its result: the length of each axis and its step in x. Axes that stay
// together are one, so that few are left.
class Turned {
 public:
  Turned(int rank, const int64_t* dims, const int* axes) {
    std::array<int64_t, kMaxAxes> step{};
    int64_t size = 1;
    for (int a = rank - 1; a >= 0; --a) {
      step[a] = size;
      size *= dims[a];
    }
    for (int i = 0; i < rank; ++i) {
      const int64_t length = dims[axes[i]], here = step[axes[i]];
      if (length == 1) continue;
      if (rank_ > 0 && step_[rank_ - 1] == here * length) {
        length_[rank_ - 1] *= length;
        step_[rank_ - 1] = here;
      } else {
        length_[rank_] = length;
        step_[rank_++] = here;
      }
    }
    if (rank_ == 0) {
      length_[0] = step_[0] = 1;
      rank_ = 1;
    }
  }

  int rank() const { return rank_; }
  int64_t length(int axis) const { return length_[axis]; }
  int64_t step(int axis) const { return step_[axis]; }
  // Where element i of the first `axes` axes lies in x.
  int64_t offset(int64_t i, int axes) const {
    int64_t at = 0;
    for (int a = axes - 1; a >= 0; --a) {
      at += i % length_[a] * step_[a];
      i /= length_[a];
    }
    return at;
  }
  int64_t size(int begin, int end) const {
    int64_t size = 1;
    for (int a = begin; a < end; ++a) size *= length_[a];
    return size;
  }

 private:
  std::array<int64_t, kMaxAxes> length_{}, step_{};
  int rank_ = 0;
};

// to[r * to_step + c] = from[r + c * from_step]
void turn_tile(int64_t rows, int64_t columns, const float* from, int64_t from_step, float* to,
               int64_t to_step) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) to[r * to_step + c] = from[r + c * from_step];
}

// x's last axis, of step 1, is axis `unit` of y and not its last: matrices of both are turned.
void turn(const Turned& t, int unit, const float* x, float* y) {
  const int last = t.rank() - 1;
  const int64_t rows = t.length(unit), columns = t.length(last);
  const int64_t row_step = t.size(unit + 1, t.rank());  // in y
  const int64_t between = t.size(unit + 1, last);       // matrices of one `before`
  const int64_t matrices = t.size(0, unit) * between;
  const int64_t strips = (rows + kTile - 1) / kTile;  // pieces of a matrix
  const int64_t grain = blocks_of(kTile * columns);
  parallel_ranges(matrices * strips, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t matrix = i / strips, r0 = i % strips * kTile;
      const int64_t before = matrix / between, inside = matrix % between;
      int64_t from = t.offset(before, unit) + r0;
      for (int64_t rest = inside, a = last - 1; a > unit; --a) {
        from += rest % t.length(static_cast<int>(a)) * t.step(static_cast<int>(a));
        rest /= t.length(static_cast<int>(a));
      }
      float* const to = y + (before * rows + r0) * row_step + inside * columns;
      for (int64_t c0 = 0; c0 < columns; c0 += kTile)
        turn_tile(std::min(kTile, rows - r0), std::min(kTile, columns - c0),
                  x + from + c0 * t.step(last), t.step(last), to + c0, row_step);
    }
  });
}

}  // namespace

void CpuDevice::copy_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step,
                            float* to, int64_t to_step) {
  parallel_ranges(blocks, blocks_of(size), [&](int64_t i, int64_t end) {
    ReferenceDevice::copy_blocks(end - i, size, from + i * from_step, from_step, to + i * to_step,
                                 to_step);
  });
}

void CpuDevice::add_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step,
                           float* to, int64_t to_step) {
  parallel_ranges(blocks, blocks_of(size), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      kernels_.add(size, to + i * to_step, from + i * from_step, to + i * to_step);
  });
}

void CpuDevice::permute(int rank, const int64_t* dims, const int* axes, const float* x, float* y) {
  const Turned t(rank, dims, axes);
  const int last = t.rank() - 1;
  if (t.size(0, t.rank()) == 0) return;
  for (int unit = 0; unit < last; ++unit)
    if (t.step(unit) == 1) return turn(t, unit, x, y);
  const int64_t run = t.length(last);  // whose elements stay together
  parallel_ranges(t.size(0, last), blocks_of(run), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) std::copy_n(x + t.offset(i, last), run, y + i * run);
  });
}

void CpuDevice::gather(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                       const int32_t* index, const float* x, float* y) {
  parallel_ranges(outer * count, blocks_of(inner), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      std::copy_n(x + (i / count * axis + index[i % count]) * inner, inner, y + i * inner);
  });
}

// In parallel over the rows that are added to: each piece looks through all indices for its own,
// so that a row's sum has one order.
void CpuDevice::gather_grad(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                            const int32_t* index, const float* dy, float* dx) {
  constexpr int64_t kPieces = 8;
  const int64_t grain =
      count * inner < kElements ? axis : std::max<int64_t>(1, (axis + kPieces - 1) / kPieces);
  for (int64_t o = 0; o < outer; ++o)
    parallel_ranges(axis, grain, [&](int64_t begin, int64_t end) {
      for (int64_t j = 0; j < count; ++j) {
        if (index[j] < begin || index[j] >= end) continue;
        float* const row = dx + (o * axis + index[j]) * inner;
        kernels_.add(inner, row, dy + (o * count + j) * inner, row);
      }
    });
}

}  // namespace tengen::nn
