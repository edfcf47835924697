// Recurrent layers of the reference device: one row after the other, one step after the other.
//
// saved holds for every step what the gradient needs, [rows * steps][bias_gates * hidden]: an
// RNN's h, an LSTM's i,f,g,o, a GRU's r,z,n and h' Un + bm; then an LSTM's c, [rows *
// steps][hidden]. The gradient turns it into that of the sums before the activations.
#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/cpu/reference_device.h"

namespace tengen::nn {
namespace {

float sigmoid(double x) { return static_cast<float>(1.0 / (1.0 + std::exp(-x))); }

// sum += row vector * matrix [n, columns], or its transpose.
void add_product(int64_t n, int64_t columns, const float* row, const float* matrix, double* sum) {
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < columns; ++j)
      sum[j] += static_cast<double>(row[i]) * matrix[i * columns + j];
}
void add_transposed(int64_t n, int64_t columns, const double* row, const float* matrix,
                    float* sum) {
  for (int64_t i = 0; i < n; ++i) {
    double total = 0.0;
    for (int64_t j = 0; j < columns; ++j) total += row[j] * matrix[i * columns + j];
    sum[i] = static_cast<float>(sum[i] + total);
  }
}
void add_outer(int64_t n, int64_t columns, const float* a, const double* b, double* matrix) {
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < columns; ++j) matrix[i * columns + j] += a[i] * b[j];
}

// One step of one row. `input` and `recurrent` are x W and h' U without biases; h and c are
// updated, `kept` is the step's place in saved.
struct Step {
  const RecurrentShape& s;
  const float* bias;

  double biased(const std::vector<double>& sums, int64_t gate, int64_t unit) const {
    return sums[gate * s.hidden + unit] + term(gate, unit);
  }
  double term(int64_t gate, int64_t unit) const {
    return bias ? static_cast<double>(bias[gate * s.hidden + unit]) : 0.0;
  }

  void forward(const std::vector<double>& input, const std::vector<double>& recurrent, float* kept,
               float* h, float* c) const {
    const int64_t n = s.hidden;
    for (int64_t u = 0; u < n; ++u) {
      const auto sum = [&](int64_t gate) {
        return biased(input, gate, u) + recurrent[gate * n + u];
      };
      if (s.is_rnn()) {
        const double x = sum(0);
        h[u] = static_cast<float>(s.kind == Recurrence::kRnnRelu ? std::max(x, 0.0) : std::tanh(x));
        kept[u] = h[u];
      } else if (s.kind == Recurrence::kLstm) {
        const float i = sigmoid(sum(0)), f = sigmoid(sum(1)), o = sigmoid(sum(3));
        const float g = static_cast<float>(std::tanh(sum(2)));
        c[u] = f * c[u] + i * g;
        h[u] = o * std::tanh(c[u]);
        kept[u] = i, kept[n + u] = f, kept[2 * n + u] = g, kept[3 * n + u] = o;
      } else {
        const float r = sigmoid(sum(0)), z = sigmoid(sum(1));
        const double m = recurrent[2 * n + u] + term(3, u);
        const float candidate = static_cast<float>(std::tanh(biased(input, 2, u) + r * m));
        h[u] = (1 - z) * candidate + z * h[u];
        kept[u] = r, kept[n + u] = z, kept[2 * n + u] = candidate;
        kept[3 * n + u] = static_cast<float>(m);
      }
    }
  }

  // dh and dc come as the gradients of this step's h and c and leave as what goes to the step
  // before by other ways than the recurrent product.
  void backward(const float* h_before, const float* c_before, const float* c, float* kept,
                float* dh, float* dc) const {
    const int64_t n = s.hidden;
    for (int64_t u = 0; u < n; ++u) {
      const float d = dh[u];
      dh[u] = 0;
      if (s.is_rnn()) {
        const float h = kept[u];
        kept[u] = s.kind == Recurrence::kRnnTanh ? d * (1 - h * h) : h > 0 ? d : 0;
      } else if (s.kind == Recurrence::kLstm) {
        const float i = kept[u], f = kept[n + u], g = kept[2 * n + u], o = kept[3 * n + u];
        const float t = std::tanh(c[u]);
        const float dcell = dc[u] + d * o * (1 - t * t);
        kept[u] = dcell * g * i * (1 - i);
        kept[n + u] = dcell * c_before[u] * f * (1 - f);
        kept[2 * n + u] = dcell * i * (1 - g * g);
        kept[3 * n + u] = d * t * o * (1 - o);
        dc[u] = dcell * f;
      } else {
        const float r = kept[u], z = kept[n + u], c2 = kept[2 * n + u], m = kept[3 * n + u];
        const float dn = d * (1 - z) * (1 - c2 * c2);
        kept[u] = dn * m * r * (1 - r);
        kept[n + u] = d * (h_before[u] - c2) * z * (1 - z);
        kept[2 * n + u] = dn;
        kept[3 * n + u] = dn * r;
        dh[u] = d * z;
      }
    }
  }
};

// The gradients of the input's and of the recurrent product, [gates * hidden]: they differ in a
// GRU's n.
std::vector<double> of_input(const RecurrentShape& s, const float* kept) {
  return std::vector<double>(kept, kept + s.gates() * s.hidden);
}
std::vector<double> of_recurrent(const RecurrentShape& s, const float* kept) {
  std::vector<double> gradient = of_input(s, kept);
  if (s.kind == Recurrence::kGru)
    std::copy_n(kept + 3 * s.hidden, s.hidden, gradient.begin() + 2 * s.hidden);
  return gradient;
}

void add_all(const std::vector<double>& from, float* to) {
  if (!to) return;
  for (size_t i = 0; i < from.size(); ++i) to[i] = static_cast<float>(to[i] + from[i]);
}

}  // namespace

int64_t ReferenceDevice::recurrent_saved(const RecurrentShape& s) const {
  const int64_t cells = s.kind == Recurrence::kLstm ? 1 : 0;
  return s.rows * s.steps * s.hidden * (s.bias_gates() + cells);
}

void ReferenceDevice::recurrent(const RecurrentShape& s, const RecurrentInputs& in,
                                const RecurrentOutputs& out) {
  const int64_t n = s.hidden, columns = s.gates() * n, width = s.bias_gates() * n;
  float* cells = out.saved + s.rows * s.steps * width;
  std::fill_n(out.saved, recurrent_saved(s), float{0});
  std::fill_n(out.y, s.rows * s.steps * n, float{0});
  const Step step{s, in.bias};
  for (int64_t row = 0; row < s.rows; ++row) {
    std::vector<float> h(n), c(n);
    if (in.h0) std::copy_n(in.h0 + row * n, n, h.begin());
    if (in.c0) std::copy_n(in.c0 + row * n, n, c.begin());
    for (int64_t i = 0; i < s.length(row); ++i) {
      const int64_t at = s.at(row, i);
      std::vector<double> input(columns), recurrent(columns);
      add_product(s.in, columns, in.x + at * s.in, in.input_weight, input.data());
      add_product(n, columns, h.data(), in.recurrent_weight, recurrent.data());
      step.forward(input, recurrent, out.saved + at * width, h.data(), c.data());
      std::copy_n(h.begin(), n, out.y + at * n);
      if (out.c_last) std::copy_n(c.begin(), n, cells + at * n);
    }
    std::copy_n(h.begin(), n, out.h_last + row * n);
    if (out.c_last) std::copy_n(c.begin(), n, out.c_last + row * n);
  }
}

void ReferenceDevice::recurrent_grad(const RecurrentShape& s, const RecurrentInputs& in,
                                     const float* y, float* saved, const RecurrentGradients& g) {
  const int64_t n = s.hidden, columns = s.gates() * n, width = s.bias_gates() * n;
  const float* cells = saved + s.rows * s.steps * width;
  std::vector<double> dw(s.in * columns), du(n * columns), db(width);
  const std::vector<float> zero(n);
  if (g.dx) std::fill_n(g.dx, s.rows * s.steps * s.in, float{0});
  for (int64_t row = 0; row < s.rows; ++row) {
    std::vector<float> dh(n), dc(n);
    if (g.dh_last) std::copy_n(g.dh_last + row * n, n, dh.begin());
    if (g.dc_last) std::copy_n(g.dc_last + row * n, n, dc.begin());
    for (int64_t i = s.length(row); i-- > 0;) {
      const int64_t at = s.at(row, i);
      const auto before = [&](const float* all, const float* first) {
        return i > 0 ? all + s.at(row, i - 1) * n : first ? first + row * n : zero.data();
      };
      const float* h_before = before(y, in.h0);
      float* kept = saved + at * width;
      for (int64_t u = 0; u < n; ++u) dh[u] += g.dy[at * n + u];
      Step{s, in.bias}.backward(h_before, before(cells, in.c0), cells + at * n, kept, dh.data(),
                                dc.data());
      const std::vector<double> dinput = of_input(s, kept), drecurrent = of_recurrent(s, kept);
      add_transposed(n, columns, drecurrent.data(), in.recurrent_weight, dh.data());
      if (g.dx) add_transposed(s.in, columns, dinput.data(), in.input_weight, g.dx + at * s.in);
      add_outer(s.in, columns, in.x + at * s.in, dinput.data(), dw.data());
      add_outer(n, columns, h_before, drecurrent.data(), du.data());
      for (int64_t j = 0; j < width; ++j) db[j] += kept[j];
    }
    if (g.dh0) std::copy_n(dh.begin(), n, g.dh0 + row * n);
    if (g.dc0) std::copy_n(dc.begin(), n, g.dc0 + row * n);
  }
  add_all(dw, g.input_weight);
  add_all(du, g.recurrent_weight);
  add_all(db, g.bias);
}

}  // namespace tengen::nn
