// CudaDevice: recurrent layers. The input's product for all steps at once, then for each step the
// recurrent product and one kernel for all that follows it.
//
// saved is what the reference keeps (nn/cpu/reference_recurrent.cpp): for every step, [rows *
// steps][bias_gates * hidden], an RNN's h, an LSTM's i,f,g,o, a GRU's r,z,n and h' Un + bm; then an
// LSTM's c. Until its step comes, the input's product lies there. Beyond a row's length all is
// zero, so that the gradient may multiply whole matrices.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/recurrent_steps.h"

namespace tengen::nn {
namespace {

struct StepArrays {
  const float* recurrent;  // [rows, gates * hidden], h' U; null: zero
  const float* bias;       // may be null
  float *h, *c;            // [rows, hidden], the states
  float *saved, *cells, *y;
};

// Unit u of one row at one step: reads its sums and states, writes all results.
struct StepUnit {
  const RecurrentSteps& s;
  const StepArrays& in;
  int row, u;
  int64_t at;

  __device__ float* kept() const { return in.saved + at * s.width; }
  __device__ float bias(int gate) const { return in.bias ? in.bias[gate * s.hidden + u] : 0.0f; }
  __device__ float input(int gate) const { return kept()[gate * s.hidden + u] + bias(gate); }
  __device__ float recurrent(int gate) const {
    if (!in.recurrent) return 0.0f;
    return in.recurrent[(int64_t{row} * s.gates + gate) * s.hidden + u];
  }
  __device__ float sum(int gate) const { return input(gate) + recurrent(gate); }
  __device__ void keep(int gate, float value) const { kept()[gate * s.hidden + u] = value; }
  __device__ int64_t state() const { return int64_t{row} * s.hidden + u; }

  __device__ void finish(float h) const {
    in.h[state()] = h;
    in.y[at * s.hidden + u] = h;
  }
  __device__ void rnn(bool relu) const {
    const float x = sum(0), h = relu ? (x < 0.0f ? 0.0f : x) : tanhf(x);
    keep(0, h);
    finish(h);
  }
  __device__ void lstm() const {
    const float i = sigmoid_of_sum(sum(0)), f = sigmoid_of_sum(sum(1)), g = tanhf(sum(2));
    const float o = sigmoid_of_sum(sum(3)), c = f * in.c[state()] + i * g;
    keep(0, i);
    keep(1, f);
    keep(2, g);
    keep(3, o);
    in.c[state()] = c;
    in.cells[at * s.hidden + u] = c;
    finish(o * tanhf(c));
  }
  __device__ void gru() const {
    const float r = sigmoid_of_sum(sum(0)), z = sigmoid_of_sum(sum(1));
    const float m = recurrent(2) + bias(3), n = tanhf(input(2) + r * m);
    keep(0, r);
    keep(1, z);
    keep(2, n);
    keep(3, m);
    finish((1.0f - z) * n + z * in.h[state()]);
  }
  __device__ void beyond_the_end() const {
    for (int gate = 0; gate * s.hidden < s.width; ++gate) keep(gate, 0.0f);
    if (in.cells) in.cells[at * s.hidden + u] = 0.0f;
    in.y[at * s.hidden + u] = 0.0f;
  }
};

__global__ void step_kernel(RecurrentSteps s, Recurrence kind, int step, StepArrays in) {
  for (int64_t i = grid_thread(); i < int64_t{s.rows} * s.hidden; i += grid_threads()) {
    const int row = static_cast<int>(i / s.hidden), u = static_cast<int>(i % s.hidden);
    const StepUnit unit{s, in, row, u, s.at(row, step)};
    if (step >= s.length(row))
      unit.beyond_the_end();
    else if (kind == Recurrence::kLstm)
      unit.lstm();
    else if (kind == Recurrence::kGru)
      unit.gru();
    else
      unit.rnn(kind == Recurrence::kRnnRelu);
  }
}

}  // namespace

std::shared_ptr<void> lengths_on_device(Device& device, const RecurrentShape& s) {
  if (!s.lengths) return nullptr;
  auto memory = device.allocate(s.rows * sizeof(int32_t));
  device.copy_from_host(memory.get(), s.lengths, s.rows * sizeof(int32_t));
  return memory;
}

int64_t CudaDevice::recurrent_saved(const RecurrentShape& s) const {
  const int64_t cells = s.kind == Recurrence::kLstm ? 1 : 0;
  return s.rows * s.steps * s.hidden * (s.bias_gates() + cells);
}

void CudaDevice::recurrent(const RecurrentShape& s, const RecurrentInputs& in,
                           const RecurrentOutputs& out) {
  const int64_t columns = s.gates() * s.hidden, width = s.bias_gates() * s.hidden;
  const int64_t states = s.rows * s.hidden;
  const bool is_lstm = s.kind == Recurrence::kLstm;
  const auto start = [&](const float* first, float* state) {
    if (first)
      copy_blocks(1, states, first, states, state, states);
    else
      fill(states, 0.0f, state);
  };
  start(in.h0, out.h_last);  // the states live where the last ones are wanted
  if (is_lstm) start(in.c0, out.c_last);
  if (s.steps == 0 || s.rows == 0) return;

  const auto lengths = lengths_on_device(*this, s);
  const auto memory = memory_.allocate(s.rows * columns * sizeof(float));
  float* const recurrent = static_cast<float*>(memory.get());
  gemm({.m = s.rows * s.steps,
        .n = columns,
        .k = s.in,
        .lda = s.in,
        .ldb = columns,
        .ldc = width,
        .precision = s.precision},
       in.x, in.input_weight, out.saved);
  const RecurrentSteps steps(s, static_cast<const int32_t*>(lengths.get()));
  for (int64_t i = 0; i < s.steps; ++i) {
    const bool from_zero = i == 0 && !in.h0;
    if (!from_zero)
      gemm({.m = s.rows,
            .n = columns,
            .k = s.hidden,
            .lda = s.hidden,
            .ldb = columns,
            .ldc = columns,
            .precision = s.precision},
           out.h_last, in.recurrent_weight, recurrent);
    const StepArrays arrays{from_zero ? nullptr : recurrent,
                            in.bias,
                            out.h_last,
                            out.c_last,
                            out.saved,
                            is_lstm ? out.saved + s.rows * s.steps * width : nullptr,
                            out.y};
    launch_over(target_, states, step_kernel, steps, s.kind, i, arrays);
  }
}

}  // namespace tengen::nn
