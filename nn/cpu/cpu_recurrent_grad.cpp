// Backpropagation through time on the fast device: pieces of rows walk back in parallel and leave
// the gradients of all sums; those of x and of the weights are then one product each.
#include <algorithm>

#include "nn/cpu/cpu_device.h"
#include "nn/cpu/recurrent_pieces.h"
#include "nn/cpu/scratch.h"
#include "nn/cpu/step_product.h"

namespace tengen::nn {
namespace {

// What one piece's walk back reads and writes.
struct Passage {
  const Kernels& kernels;
  const RecurrentShape& s;
  const RecurrentInputs& in;
  const float* y;
  float* saved;
  const RecurrentGradients& g;
  const float* zeros;  // [hidden]

  // Of the state before a row's step `i`: of all states [rows * steps, hidden], or the first.
  const float* before(const float* all, const float* first, int64_t row, int64_t i) const {
    if (i > 0) return all + s.at(row, i - 1) * s.hidden;
    return first ? first + row * s.hidden : zeros;
  }
};

class BackwardWalk {
 public:
  BackwardWalk(const Passage& p, RowPiece piece)
      : p_(p),
        s_(p.s),
        piece_(piece),
        dh_(piece.rows * p.s.hidden),
        dc_(piece.rows * p.s.hidden),
        step_(piece.rows * p.s.gates() * p.s.hidden) {
    piece.take(s_, p.g.dh_last, dh_.data());
    piece.take(s_, p.g.dc_last, dc_.data());
  }

  void run(const StepProduct& product) {
    const int64_t columns = s_.gates() * s_.hidden;
    for (int64_t i = piece_.most_steps(s_); i-- > 0;) {
      for (int64_t r = 0; r < piece_.rows; ++r) {
        if (i < s_.length(piece_.begin + r))
          step(r, i);
        else
          std::fill_n(step_.data() + r * columns, columns, 0.0f);
      }
      if (i > 0 || p_.g.dh0) product.multiply(piece_.rows, step_.data(), dh_.data(), true);
    }
    for (int64_t r = 0; r < piece_.rows; ++r) finish(r);
  }

 private:
  void step(int64_t r, int64_t i) {
    const int64_t n = s_.hidden, row = piece_.begin + r, at = s_.at(row, i);
    float* dh = dh_.data() + r * n;
    float* sums = p_.saved + at * sum_width(s_);
    float* step = step_.data() + r * s_.gates() * n;
    const float* dy = p_.g.dy + at * n;
    if (s_.kind == Recurrence::kLstm) {
      const float* cells = cells_of(s_, p_.saved);
      p_.kernels.lstm_step_grad(n, p_.before(cells, p_.in.c0, row, i), cells + at * n, dy, sums, dh,
                                dc_.data() + r * n, step);
    } else if (s_.kind == Recurrence::kGru) {
      p_.kernels.gru_step_grad(n, p_.before(p_.y, p_.in.h0, row, i), dy, sums, dh, step);
    } else {
      p_.kernels.rnn_step_grad(n, s_.kind == Recurrence::kRnnRelu, dy, sums, dh, step);
    }
  }

  void finish(int64_t r) const {
    const int64_t n = s_.hidden, row = piece_.begin + r, length = s_.length(row);
    const int64_t width = sum_width(s_);
    std::fill_n(p_.saved + (row * s_.steps + length) * width, (s_.steps - length) * width, 0.0f);
    if (p_.g.dh0) std::copy_n(dh_.data() + r * n, n, p_.g.dh0 + row * n);
    if (p_.g.dc0) std::copy_n(dc_.data() + r * n, n, p_.g.dc0 + row * n);
  }

  const Passage& p_;
  const RecurrentShape& s_;
  const RowPiece piece_;
  const Scratch dh_, dc_, step_;
};

// The states before all steps, [rows * steps, hidden]; zeros beyond a row's end.
void states_before(const Passage& p, float* states) {
  const int64_t n = p.s.hidden;
  for_each_piece(p.s, [&](RowPiece piece) {
    for (int64_t row = piece.begin; row < piece.begin + piece.rows; ++row) {
      const int64_t length = p.s.length(row);
      for (int64_t i = 0; i < length; ++i)
        std::copy_n(p.before(p.y, p.in.h0, row, i), n, states + p.s.at(row, i) * n);
      std::fill_n(states + (row * p.s.steps + length) * n, (p.s.steps - length) * n, 0.0f);
    }
  });
}

}  // namespace

void CpuDevice::recurrent_grad(const RecurrentShape& s, const RecurrentInputs& in, const float* y,
                               float* saved, const RecurrentGradients& g) {
  const int64_t n = s.hidden, columns = s.gates() * n;
  const Scratch zeros(n);
  std::fill_n(zeros.data(), n, 0.0f);
  const Passage passage{kernels_, s, in, y, saved, g, zeros.data()};
  {
    const StepProduct product(kernels_, s.precision, columns, n, in.recurrent_weight, columns,
                              true);
    for_each_piece(s, [&](RowPiece piece) { BackwardWalk(passage, piece).run(product); });
  }
  if (g.dx)
    gemm({.transpose_b = true,
          .m = s.rows * s.steps,
          .n = s.in,
          .k = columns,
          .lda = sum_width(s),
          .ldb = columns,
          .ldc = s.in,
          .precision = s.precision},
         saved, in.input_weight, g.dx);
  const Scratch before(g.recurrent_weight ? s.rows * s.steps * n : 0);
  if (g.recurrent_weight) states_before(passage, before.data());
  add_weight_gradients(s, in, before.data(), saved, g);
}

// `before` [rows * steps, hidden] are the states before the steps.
void CpuDevice::add_weight_gradients(const RecurrentShape& s, const RecurrentInputs& in,
                                     const float* before, const float* sums,
                                     const RecurrentGradients& g) {
  const int64_t n = s.hidden, width = sum_width(s), columns = s.gates() * n;
  const auto add = [&](const float* left, int64_t left_width, int64_t from, int64_t count,
                       float* to) {
    gemm({.transpose_a = true,
          .m = left_width,
          .n = count,
          .k = s.rows * s.steps,
          .lda = left_width,
          .ldb = width,
          .ldc = columns,
          .beta = 1.0f,
          .precision = s.precision},
         left, sums + from, to);
  };
  if (g.input_weight) add(in.x, s.in, 0, columns, g.input_weight);
  if (g.recurrent_weight && s.kind == Recurrence::kGru) {
    // The recurrent product's part of n stands behind the input's.
    add(before, n, 0, 2 * n, g.recurrent_weight);
    add(before, n, 3 * n, n, g.recurrent_weight + 2 * n);
  } else if (g.recurrent_weight) {
    add(before, n, 0, columns, g.recurrent_weight);
  }
  if (g.bias) {
    const Scratch total(width);
    sum_axis(1, s.rows * s.steps, width, sums, total.data());
    axpy(width, 1.0f, total.data(), g.bias);
  }
}

}  // namespace tengen::nn
