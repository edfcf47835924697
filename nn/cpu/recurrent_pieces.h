// How the fast device splits a recurrent layer: pieces of rows that walk through time on one
// worker, and where a row's numbers lie.
#pragma once

#include <algorithm>
#include <cstdint>

#include "nn/base/parallel.h"
#include "nn/device.h"

namespace tengen::nn {

// Rows [begin, begin + rows) of a batch.
struct RowPiece {
  int64_t begin, rows;

  int64_t most_steps(const RecurrentShape& s) const {
    int64_t most = 0;
    for (int64_t row = begin; row < begin + rows; ++row) most = std::max(most, s.length(row));
    return most;
  }
  // Its rows of a state or of a state's gradient, [rows of the batch][hidden]; null: zeros.
  void take(const RecurrentShape& s, const float* all, float* own) const {
    if (all)
      std::copy_n(all + begin * s.hidden, rows * s.hidden, own);
    else
      std::fill_n(own, rows * s.hidden, 0.0f);
  }
};

// Every step of a piece reads the whole recurrent matrix: more rows make better use of it, fewer
// serve more workers. AMX multiplies rows by 32.
constexpr int64_t kRecurrentRows = 32;

template <class F>
void for_each_piece(const RecurrentShape& s, const F& f) {
  parallel_ranges(s.rows, kRecurrentRows, [&](int64_t begin, int64_t end) {
    f(RowPiece{begin, end - begin});
  });
}

// The saved sums, [rows * steps][sum_width], and the cells of an LSTM behind them.
inline int64_t sum_width(const RecurrentShape& s) { return s.bias_gates() * s.hidden; }
inline float* cells_of(const RecurrentShape& s, float* saved) {
  return saved + s.rows * s.steps * sum_width(s);
}

}  // namespace tengen::nn
