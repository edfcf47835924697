// CudaDevice: the gradient of recurrent layers, from the last step to the first; saved turns into
// the gradients of the sums before the activations. Those of the weights are products over all
// steps at the end.
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/recurrent_steps.h"

namespace tengen::nn {
namespace {

struct BackArrays {
  const float *y, *dy, *cells, *h0, *c0;
  float *dh, *dc;  // [rows, hidden], the gradients of the states
  float* saved;
  float* sums;  // [rows, gates * hidden]: this step's gradient of the recurrent product
};

// Unit u of one row at one step.
struct BackUnit {
  const RecurrentSteps& s;
  const BackArrays& in;
  int row, u, step;
  int64_t at;

  __device__ float kept(int gate) const { return in.saved[at * s.width + gate * s.hidden + u]; }
  // The gradient of a sum, for the products of all steps, ...
  __device__ void put(int gate, float gradient) const {
    in.saved[at * s.width + gate * s.hidden + u] = gradient;
  }
  // ... and for the recurrent product of this step.
  __device__ void pass(int gate, float gradient) const {
    in.sums[(int64_t{row} * s.gates + gate) * s.hidden + u] = gradient;
  }
  __device__ void put_and_pass(int gate, float gradient) const {
    put(gate, gradient);
    pass(gate, gradient);
  }
  __device__ int64_t state() const { return int64_t{row} * s.hidden + u; }
  // The state before this step: from all steps' or the first one.
  __device__ float before(const float* all, const float* first) const {
    if (step > 0) return all[s.at(row, step - 1) * s.hidden + u];
    return first ? first[state()] : 0.0f;
  }

  // Each returns what goes to the step before past the recurrent product.
  __device__ float rnn(float d, bool relu) const {
    const float h = kept(0);
    put_and_pass(0, relu ? (h > 0.0f ? d : 0.0f) : d * (1.0f - h * h));
    return 0.0f;
  }
  __device__ float lstm(float d) const {
    const float i = kept(0), f = kept(1), g = kept(2), o = kept(3);
    const float t = tanhf(in.cells[at * s.hidden + u]);
    const float dcell = in.dc[state()] + d * o * (1.0f - t * t);
    put_and_pass(0, dcell * g * i * (1.0f - i));
    put_and_pass(1, dcell * before(in.cells, in.c0) * f * (1.0f - f));
    put_and_pass(2, dcell * i * (1.0f - g * g));
    put_and_pass(3, d * t * o * (1.0f - o));
    in.dc[state()] = dcell * f;
    return 0.0f;
  }
  __device__ float gru(float d) const {
    const float r = kept(0), z = kept(1), n = kept(2), m = kept(3);
    const float dn = d * (1.0f - z) * (1.0f - n * n);
    put_and_pass(0, dn * m * r * (1.0f - r));
    put_and_pass(1, d * (before(in.y, in.h0) - n) * z * (1.0f - z));
    put(2, dn);
    put(3, dn * r);
    pass(2, dn * r);
    return d * z;
  }
};

__global__ void back_kernel(RecurrentSteps s, Recurrence kind, int step, BackArrays in) {
  for (int64_t i = grid_thread(); i < int64_t{s.rows} * s.hidden; i += grid_threads()) {
    const int row = static_cast<int>(i / s.hidden), u = static_cast<int>(i % s.hidden);
    const BackUnit unit{s, in, row, u, step, s.at(row, step)};
    if (step >= s.length(row)) {  // saved is zero there already
      for (int gate = 0; gate < s.gates; ++gate) unit.pass(gate, 0.0f);
      continue;
    }
    const float d = in.dh[i] + in.dy[unit.at * s.hidden + u];
    in.dh[i] = kind == Recurrence::kLstm  ? unit.lstm(d)
               : kind == Recurrence::kGru ? unit.gru(d)
                                          : unit.rnn(d, kind == Recurrence::kRnnRelu);
  }
}

// The state before each step, [rows * steps, hidden]; zero beyond the rows' ends.
__global__ void states_before_kernel(RecurrentSteps s, const float* y, const float* h0,
                                     float* before) {
  const int64_t n = int64_t{s.rows} * s.steps * s.hidden;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t place = i / s.hidden;
    const int u = static_cast<int>(i - place * s.hidden);
    const int row = static_cast<int>(place / s.steps);
    const int step = static_cast<int>(place - int64_t{row} * s.steps);
    float h = 0.0f;
    if (step > 0 && step < s.length(row))
      h = y[s.at(row, step - 1) * s.hidden + u];
    else if (step == 0 && s.length(row) > 0 && h0)
      h = h0[int64_t{row} * s.hidden + u];
    before[s.at(row, step) * s.hidden + u] = h;
  }
}

// A product that adds to what is there.
GemmShape adding(const RecurrentShape& s, int64_t m, int64_t n, int64_t k) {
  return {.m = m, .n = n, .k = k, .beta = 1.0f, .precision = s.precision};
}

}  // namespace

void CudaDevice::add_weight_gradients(const RecurrentShape& s, const RecurrentInputs& in,
                                      const float* y, const float* sums, const int32_t* lengths,
                                      const RecurrentGradients& g) {
  const int64_t h = s.hidden, all = s.rows * s.steps;
  const int64_t columns = s.gates() * h, width = s.bias_gates() * h;
  // weight [rows, columns] += a^T sums, whose columns begin at `from`, those of the weight at `to`.
  const auto add = [&](const float* a, int64_t rows, int64_t from, int64_t to, int64_t count,
                       float* weight) {
    GemmShape shape = adding(s, rows, count, all);
    shape.transpose_a = true;
    shape.lda = rows;
    shape.ldb = width;
    shape.ldc = columns;
    gemm(shape, a, sums + from, weight + to);
  };
  if (g.input_weight) add(in.x, s.in, 0, 0, columns, g.input_weight);
  if (g.recurrent_weight) {
    const auto memory = memory_.allocate(all * h * sizeof(float));
    float* const before = static_cast<float*>(memory.get());
    launch_over(target_, all * h, states_before_kernel, RecurrentSteps(s, lengths), y, in.h0,
                before);
    if (s.kind == Recurrence::kGru) {  // whose n has another sum on this side
      add(before, h, 0, 0, 2 * h, g.recurrent_weight);
      add(before, h, 3 * h, 2 * h, h, g.recurrent_weight);
    } else {
      add(before, h, 0, 0, columns, g.recurrent_weight);
    }
  }
  if (g.bias) {
    const auto memory = memory_.allocate(width * sizeof(float));
    float* const total = static_cast<float*>(memory.get());
    sum_axis(1, all, width, sums, total);
    axpy(width, 1.0f, total, g.bias);
  }
}

void CudaDevice::recurrent_grad(const RecurrentShape& s, const RecurrentInputs& in, const float* y,
                                float* saved, const RecurrentGradients& g) {
  const int64_t states = s.rows * s.hidden, columns = s.gates() * s.hidden;
  const int64_t width = s.bias_gates() * s.hidden, all = s.rows * s.steps;
  const auto lengths_memory = lengths_on_device(*this, s);
  const int32_t* const lengths = static_cast<const int32_t*>(lengths_memory.get());
  const auto memory = memory_.allocate((2 * states + s.rows * columns) * sizeof(float));
  float* const dh = static_cast<float*>(memory.get());
  float *const dc = dh + states, *const sums = dc + states;
  const auto copy_or_zero = [&](const float* from, float* to) {
    if (from)
      copy_blocks(1, states, from, states, to, states);
    else
      fill(states, 0.0f, to);
  };
  copy_or_zero(g.dh_last, dh);
  copy_or_zero(g.dc_last, dc);

  const RecurrentSteps steps(s, lengths);
  const BackArrays arrays{y, g.dy, saved + all * width, in.h0, in.c0, dh, dc, saved, sums};
  GemmShape back = adding(s, s.rows, s.hidden, columns);  // dh += sums U^T
  back.transpose_b = true;
  back.lda = back.ldb = columns;
  back.ldc = s.hidden;
  for (int64_t i = s.steps; i-- > 0 && s.rows > 0;) {
    launch_over(target_, states, back_kernel, steps, s.kind, i, arrays);
    gemm(back, sums, in.recurrent_weight, dh);
  }
  if (g.dh0) copy_blocks(1, states, dh, states, g.dh0, states);
  if (g.dc0) copy_blocks(1, states, dc, states, g.dc0, states);
  if (all == 0) return;
  add_weight_gradients(s, in, y, saved, lengths, g);
  if (g.dx)
    gemm({.transpose_b = true,
          .m = all,
          .n = s.in,
          .k = columns,
          .lda = width,
          .ldb = columns,
          .ldc = s.in,
          .precision = s.precision},
         saved, in.input_weight, g.dx);
}

}  // namespace tengen::nn
