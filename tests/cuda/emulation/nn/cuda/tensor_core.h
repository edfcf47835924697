// In the place of the product's header of this name: the same by the fragment layouts that it
// documents, each lane working out its own part of a product from the pieces of all lanes.
#pragma once

#include <cuda_fp16.h>

#include <cstdint>

#include "nn/base/check.h"
#include "tests/cuda/emulation/block.h"

namespace tengen::nn {

struct LeftFragment {
  unsigned pairs[4];
};
struct RightFragment {
  unsigned pairs[2];
};

inline float half_of_pair(unsigned pair, int which) {
  return __half2float(__ushort_as_half(static_cast<unsigned short>(pair >> (16 * which))));
}

inline void multiply_add(const LeftFragment& left, const RightFragment& right, float (&sums)[4]) {
  struct Operands {  // element by element
    float left[8], right[4];
  };
  Operands mine;
  for (int i = 0; i < 8; ++i) mine.left[i] = half_of_pair(left.pairs[i / 2], i % 2);
  for (int i = 0; i < 4; ++i) mine.right[i] = half_of_pair(right.pairs[i / 2], i % 2);
  Operands of_lane[32];
  emulation::exchange_all(0xffffffffu, &mine, of_lane, sizeof(Operands));
  // The element of `left` and of `right`, from the lane that holds it.
  const auto left_at = [&](int row, int k) {
    return of_lane[row % 8 * 4 + k % 8 / 2].left[row / 8 * 2 + k / 8 * 4 + k % 2];
  };
  const auto right_at = [&](int k, int column) {
    return of_lane[column * 4 + k % 8 / 2].right[k / 8 * 2 + k % 2];
  };
  const int group = emulation::lane() / 4, in_group = emulation::lane() % 4;
  for (int i = 0; i < 4; ++i) {
    const int row = group + i / 2 * 8, column = in_group * 2 + i % 2;
    for (int k = 0; k < 16; ++k) sums[i] += left_at(row, k) * right_at(k, column);
  }
}

inline LeftFragment load_left(const __half* row) {
  CHECK(reinterpret_cast<uintptr_t>(row) % 16 == 0);
  unsigned of_lane[32][4];  // the row that each lane names, in pairs
  emulation::exchange_all(0xffffffffu, row, of_lane, 16);
  LeftFragment left;
  for (int matrix = 0; matrix < 4; ++matrix)
    left.pairs[matrix] = of_lane[8 * matrix + emulation::lane() / 4][emulation::lane() % 4];
  return left;
}

inline void begin_copy(void* to_shared, const void* from_global) {
  emulation::begin_copy(to_shared, from_global, 16);
}
inline void end_copy_group() { emulation::end_copy_group(); }
template <int kGroups>
void wait_for_copies() {
  emulation::wait_for_copies(kGroups);
}

}  // namespace tengen::nn
