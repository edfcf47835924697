// CpuDevice's recurrent layers: the inputs of all steps in one product, then pieces of rows walk
// through time in parallel; and the alignments of ctc.
#include <algorithm>

#include "nn/cpu/cpu_device.h"
#include "nn/cpu/recurrent_pieces.h"
#include "nn/cpu/scratch.h"
#include "nn/cpu/step_product.h"

namespace tengen::nn {
namespace {

// One piece's walk: h and c are its states, side by side.
class ForwardWalk {
 public:
  ForwardWalk(const Kernels& kernels, const RecurrentShape& s, const RecurrentInputs& in,
              const float* bias, const RecurrentOutputs& out, RowPiece piece)
      : kernels_(kernels),
        s_(s),
        bias_(bias),
        out_(out),
        piece_(piece),
        h_(piece.rows * s.hidden),
        c_(piece.rows * s.hidden),
        recurrent_(piece.rows * s.gates() * s.hidden) {
    piece.take(s, in.h0, h_.data());
    piece.take(s, in.c0, c_.data());
  }

  void run(const StepProduct& product) {
    const int64_t steps = piece_.most_steps(s_);
    for (int64_t i = 0; i < steps; ++i) {
      product.multiply(piece_.rows, h_.data(), recurrent_.data(), false);
      for (int64_t r = 0; r < piece_.rows; ++r)
        if (i < s_.length(piece_.begin + r)) step(r, s_.at(piece_.begin + r, i));
    }
    for (int64_t r = 0; r < piece_.rows; ++r) finish(r);
  }

 private:
  void step(int64_t r, int64_t at) {
    const int64_t n = s_.hidden;
    float* h = h_.data() + r * n;
    float* c = c_.data() + r * n;
    float* sums = out_.saved + at * sum_width(s_);
    const float* recurrent = recurrent_.data() + r * s_.gates() * n;
    if (s_.kind == Recurrence::kLstm) {
      kernels_.lstm_step(n, recurrent, bias_, sums, h, c);
      std::copy_n(c, n, cells_of(s_, out_.saved) + at * n);
    } else if (s_.kind == Recurrence::kGru) {
      kernels_.gru_step(n, recurrent, bias_, sums, h);
    } else {
      kernels_.rnn_step(n, s_.kind == Recurrence::kRnnRelu, recurrent, bias_, sums, h);
    }
    std::copy_n(h, n, out_.y + at * n);
  }

  void finish(int64_t r) const {
    const int64_t n = s_.hidden, row = piece_.begin + r, length = s_.length(row);
    std::fill_n(out_.y + (row * s_.steps + length) * n, (s_.steps - length) * n, 0.0f);
    std::copy_n(h_.data() + r * n, n, out_.h_last + row * n);
    if (out_.c_last) std::copy_n(c_.data() + r * n, n, out_.c_last + row * n);
  }

  const Kernels& kernels_;
  const RecurrentShape& s_;
  const float* bias_;
  const RecurrentOutputs& out_;
  const RowPiece piece_;
  const Scratch h_, c_, recurrent_;
};

}  // namespace

void CpuDevice::recurrent(const RecurrentShape& s, const RecurrentInputs& in,
                          const RecurrentOutputs& out) {
  const int64_t columns = s.gates() * s.hidden, width = sum_width(s);
  gemm({.m = s.rows * s.steps,
        .n = columns,
        .k = s.in,
        .lda = s.in,
        .ldb = columns,
        .ldc = width,
        .precision = s.precision},
       in.x, in.input_weight, out.saved);
  const Scratch zeros(in.bias ? 0 : width);
  if (!in.bias) std::fill_n(zeros.data(), width, 0.0f);
  const StepProduct product(kernels_, s.precision, s.hidden, columns, in.recurrent_weight, columns,
                            false);
  for_each_piece(s, [&](RowPiece piece) {
    ForwardWalk(kernels_, s, in, in.bias ? in.bias : zeros.data(), out, piece).run(product);
  });
}

void CpuDevice::ctc(const CtcShape& s, const float* log_probs, float* loss, float* gradient) {
  const int64_t size = s.steps * s.classes;
  parallel_for(s.rows, [&](int64_t row) {
    CtcShape one = s;
    one.rows = 1;
    one.lengths += row;
    for (int64_t before = 0; before < row; ++before) one.labels += s.label_counts[before];
    one.label_counts += row;
    ReferenceDevice::ctc(one, log_probs + row * size, loss + row,
                         gradient ? gradient + row * size : nullptr);
  });
}

}  // namespace tengen::nn
