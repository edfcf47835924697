// Recurrent layers: rows walk through time together, a few dozen steps' inputs in one product
// before they are walked, so that their sums are still in the cache.
#include <algorithm>
#include <sstream>
#include <utility>

#include "nn/cpu/gemm.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

constexpr int64_t kRowsAtOnce = 32;    // of the batch; their states and gates stay in the cache
constexpr int64_t kInputsAtOnce = 32;  // rows of the inputs' product, at least

class RecurrentStep : public Step {
 public:
  RecurrentStep(const Kernels& kernels, Operation operation, Places places)
      : kernels_(kernels),
        operation_(std::move(operation)),
        places_(std::move(places)),
        s_(operation_.recurrent),
        columns_(s_.gates() * s_.hidden),
        width_(s_.bias_gates() * s_.hidden),
        rows_(std::min(kRowsAtOnce, s_.rows)),
        steps_(std::min(s_.steps, (kInputsAtOnce + rows_ - 1) / std::max<int64_t>(1, rows_))) {}

  void run(const Frame& frame) const override {
    for (int64_t row = 0; row < s_.rows; row += rows_)
      walk(frame, row, std::min(rows_, s_.rows - row));
  }

  std::string text() const override {
    std::ostringstream text;
    text << operation_.name << " " << s_.in << "->" << s_.hidden << (s_.reverse ? " reverse" : "")
         << " -> " << operation_.shape;
    return text.str();
  }
  double flops() const override {
    return 2.0 * static_cast<double>(s_.rows * s_.steps * columns_) *
           static_cast<double>(s_.in + s_.hidden);
  }
  int64_t scratch_floats() const override { return Memory(*this, nullptr).floats; }

  int64_t weight_floats() const override { return input_weights() + recurrent_weights(); }
  void pack(float* to) override {
    kernels_.pack_columns(s_.in, columns_, operation_.weight.data(), columns_, false, to);
    packed_input_ = to;
    to += input_weights();
    kernels_.pack_columns(s_.hidden, columns_, operation_.recurrent_weight.data(), columns_, false,
                          to);
    packed_recurrent_ = to;
    operation_.weight = operation_.recurrent_weight = {};
  }

 private:
  // The scratch memory of a walk: states [rows, hidden], the recurrent product [rows, columns], the
  // sums of some steps [steps, rows, width], their inputs, and a product's left side once packed.
  struct Memory {
    Memory(const RecurrentStep& step, float* from) {
      const RecurrentShape& s = step.s_;
      const auto take = [&](int64_t wanted) {
        float* const at = from ? from + floats : nullptr;
        floats += whole_lines(wanted);
        return at;
      };
      const int64_t rows = step.rows_, inputs = rows * step.steps_;
      h = take(rows * s.hidden);
      c = take(rows * s.hidden);
      recurrent = take(rows * step.columns_);
      sums = take(inputs * step.width_);
      x = take(inputs * s.in);
      packed = take(
          std::max(inputs * (s.in + step.kernels_.lanes), rows * (s.hidden + step.kernels_.lanes)));
    }
    int64_t floats = 0;
    float *h, *c, *recurrent, *sums, *x, *packed;
  };

  int64_t input_weights() const { return whole_lines(packed_columns(kernels_, s_.in, columns_)); }
  int64_t recurrent_weights() const { return packed_columns(kernels_, s_.hidden, columns_); }

  // c [rows, columns], rows `c_row` apart, = a [rows, k] times packed weights.
  void multiply(int64_t rows, int64_t k, const float* a, const float* weights, float* packed,
                float* c, int64_t c_row) const {
    if (rows > 1) {  // one row is its own packing
      kernels_.pack_rows(rows, k, a, k, packed);
      a = packed;
    }
    kernels_.multiply_rows(
        {rows, columns_, k, a, rows * kernels_.lanes, weights, c, c_row, kernels_.lanes, false});
  }

  // Rows [begin, begin + rows) from their first step to their last.
  void walk(const Frame& frame, int64_t begin, int64_t rows) const {
    const Memory memory(*this, frame.scratch);
    const int64_t n = s_.hidden;
    std::copy_n(frame.read(places_.inputs[1]) + begin * n, rows * n, memory.h);
    if (s_.kind == Recurrence::kLstm)
      std::copy_n(frame.read(places_.inputs[2]) + begin * n, rows * n, memory.c);
    for (int64_t first = 0; first < s_.steps; first += steps_) {
      const int64_t steps = std::min(steps_, s_.steps - first);
      add_up_inputs(frame, memory, begin, rows, first, steps);
      for (int64_t i = 0; i < steps; ++i) {
        multiply(rows, n, memory.h, packed_recurrent_, memory.packed, memory.recurrent, columns_);
        float* const y = frame.write(places_.output);
        for (int64_t r = 0; r < rows; ++r) {
          step(r, memory, memory.sums + (i * rows + r) * width_);
          std::copy_n(memory.h + r * n, n, y + s_.at(begin + r, first + i) * n);
        }
      }
    }
    if (operation_.last_cell >= 0)
      std::copy_n(memory.c, rows * n, frame.write(places_.last_cell) + begin * n);
  }

  void add_up_inputs(const Frame& frame, const Memory& memory, int64_t begin, int64_t rows,
                     int64_t first, int64_t steps) const {
    const float* const x = frame.read(places_.inputs[0]);
    for (int64_t i = 0; i < steps; ++i)
      for (int64_t r = 0; r < rows; ++r)
        std::copy_n(x + s_.at(begin + r, first + i) * s_.in, s_.in,
                    memory.x + (i * rows + r) * s_.in);
    multiply(steps * rows, s_.in, memory.x, packed_input_, memory.packed, memory.sums, width_);
  }

  void step(int64_t r, const Memory& memory, float* sums) const {
    const int64_t n = s_.hidden;
    const float* recurrent = memory.recurrent + r * columns_;
    const float* bias = operation_.bias.data();
    float* h = memory.h + r * n;
    if (s_.kind == Recurrence::kLstm)
      kernels_.lstm_step(n, recurrent, bias, sums, h, memory.c + r * n);
    else if (s_.kind == Recurrence::kGru)
      kernels_.gru_step(n, recurrent, bias, sums, h);
    else
      kernels_.rnn_step(n, s_.kind == Recurrence::kRnnRelu, recurrent, bias, sums, h);
  }

  const Kernels& kernels_;
  Operation operation_;
  const Places places_;
  const RecurrentShape s_;
  const int64_t columns_, width_;  // of the weights and of the bias
  const int64_t rows_, steps_;     // of a walk, and of its inputs' product
  const float* packed_input_ = nullptr;
  const float* packed_recurrent_ = nullptr;
};

}  // namespace

std::unique_ptr<Step> make_recurrent_step(const Kernels& kernels, Operation operation,
                                          Places places) {
  return std::make_unique<RecurrentStep>(kernels, std::move(operation), std::move(places));
}

}  // namespace tengen::nn
