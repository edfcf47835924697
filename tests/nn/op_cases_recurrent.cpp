// Cases of ops_recurrent.cpp: y and the last states together, so that the gradients of both are
// met; weights are scaled down, lest all gates be saturated.
#include "nn/graph.h"
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace tengen::nn {
namespace {

struct RecurrentCase {
  std::string kind;  // "rnn_tanh", "rnn_relu", "lstm", "gru"
  int64_t rows, steps, in, hidden;
  bool reverse = false, ragged = false;

  int64_t gates() const { return kind == "lstm" ? 4 : kind == "gru" ? 3 : 1; }
  int64_t bias_gates() const { return kind == "gru" ? 4 : gates(); }
  RecurrentOptions options() const {
    RecurrentOptions options{reverse, {}};
    for (int64_t row = 0; ragged && row < rows; ++row)
      options.lengths.push_back(static_cast<int32_t>((3 * row + steps - 1) % (steps + 1)));
    return options;
  }
  std::vector<Shape> inputs() const {
    const int64_t columns = gates() * hidden;
    std::vector<Shape> shapes{{rows, steps, in},
                              {in, columns},
                              {hidden, columns},
                              {bias_gates() * hidden},
                              {rows, hidden}};
    if (kind == "lstm") shapes.push_back({rows, hidden});
    return shapes;
  }
  double weight_scale() const { return 1.0 / std::sqrt(static_cast<double>(in + hidden)); }
};

Var run(const RecurrentCase& c, const Vars& v) {
  const auto small = [&](const Var& w) {
    const Var scaled = scale(w, static_cast<float>(c.weight_scale()));
    return tracing() ? Var(scaled.value()) : scaled;  // a graph's weights are constants
  };
  const RecurrentWeights weights{small(v[1]), small(v[2]), v[3]};
  RecurrentResult result;
  if (c.kind == "lstm") {
    result = lstm(v[0], weights, {v[4], v[5]}, c.options());
  } else if (c.kind == "gru") {
    result = gru(v[0], weights, {v[4], Var()}, c.options());
  } else {
    const RnnActivation f = c.kind == "rnn_relu" ? RnnActivation::kRelu : RnnActivation::kTanh;
    result = rnn(v[0], weights, {v[4], Var()}, f, c.options());
  }
  std::vector<Var> parts;
  for (const Var* part : {&result.y, &result.last.h, &result.last.c})
    if (part->defined()) parts.push_back(reshape(*part, {part->value().size()}));
  return concat(parts, 0);
}

// One row's walk over its elements, written from the formulas in ops.h.
class RowOracle {
 public:
  RowOracle(const RecurrentCase& c, const Values& v, int64_t row) : c_(c), v_(v), row_(row) {
    for (int64_t u = 0; u < c.hidden; ++u) {
      h_.push_back(v[4][row * c.hidden + u]);
      cell_.push_back(c.kind == "lstm" ? v[5][row * c.hidden + u] : 0.0);
    }
  }
  void step(int64_t t) {
    const Doubles before = h_;
    for (int64_t u = 0; u < c_.hidden; ++u) {
      const auto from_x = [&](int64_t gate) {
        double sum = 0.0;
        for (int64_t i = 0; i < c_.in; ++i)
          sum += v_[0][(row_ * c_.steps + t) * c_.in + i] * weight(1, i, gate, u);
        return sum;
      };
      const auto from_h = [&](int64_t gate) {
        double sum = 0.0;
        for (int64_t i = 0; i < c_.hidden; ++i) sum += before[i] * weight(2, i, gate, u);
        return sum;
      };
      const auto bias = [&](int64_t gate) { return v_[3][gate * c_.hidden + u]; };
      const auto sum = [&](int64_t gate) { return from_x(gate) + from_h(gate) + bias(gate); };
      if (c_.kind == "rnn_tanh") {
        h_[u] = std::tanh(sum(0));
      } else if (c_.kind == "rnn_relu") {
        h_[u] = std::max(sum(0), 0.0);
      } else if (c_.kind == "lstm") {
        cell_[u] = sigmoid_of(sum(1)) * cell_[u] + sigmoid_of(sum(0)) * std::tanh(sum(2));
        h_[u] = sigmoid_of(sum(3)) * std::tanh(cell_[u]);
      } else {
        const double r = sigmoid_of(sum(0)), z = sigmoid_of(sum(1));
        const double n = std::tanh(from_x(2) + bias(2) + r * (from_h(2) + bias(3)));
        h_[u] = (1.0 - z) * n + z * before[u];
      }
    }
  }
  const Doubles& h() const { return h_; }
  const Doubles& cell() const { return cell_; }

 private:
  double weight(int input, int64_t i, int64_t gate, int64_t u) const {
    return v_[input][(i * c_.gates() + gate) * c_.hidden + u] * c_.weight_scale();
  }
  const RecurrentCase& c_;
  const Values& v_;
  int64_t row_;
  Doubles h_, cell_;
};

Doubles oracle(const RecurrentCase& c, const Values& v) {
  Doubles y(c.rows * c.steps * c.hidden), h, cell;
  const RecurrentOptions options = c.options();
  for (int64_t row = 0; row < c.rows; ++row) {
    RowOracle walk(c, v, row);
    const int64_t length = options.lengths.empty() ? c.steps : options.lengths[row];
    for (int64_t i = 0; i < length; ++i) {
      const int64_t t = c.reverse ? length - 1 - i : i;
      walk.step(t);
      std::copy(walk.h().begin(), walk.h().end(), y.begin() + (row * c.steps + t) * c.hidden);
    }
    h.insert(h.end(), walk.h().begin(), walk.h().end());
    cell.insert(cell.end(), walk.cell().begin(), walk.cell().end());
  }
  y.insert(y.end(), h.begin(), h.end());
  if (c.kind == "lstm") y.insert(y.end(), cell.begin(), cell.end());
  return y;
}

}  // namespace

void add_recurrent(std::vector<OpCase>& cases) {
  const auto add = [&](const RecurrentCase& c) {
    const std::string name = c.kind + sizes_of({c.rows, c.steps, c.in, c.hidden}) +
                             (c.reverse ? "_reverse" : "") + (c.ragged ? "_ragged" : "");
    cases.push_back({name, c.inputs(), [c](const Vars& v) { return run(c, v); },
                     [c](const Values& v) { return oracle(c, v); }, 100,
                     c.rows * c.steps * c.hidden < 100});
  };
  for (const char* kind : {"rnn_tanh", "rnn_relu", "lstm", "gru"}) {
    add({kind, 1, 1, 1, 1});
    add({kind, 2, 3, 2, 3});
    add({kind, 3, 4, 2, 2, true});
    add({kind, 4, 3, 2, 3, false, true});
    add({kind, 4, 3, 1, 3, true, true});
    add({kind, 5, 7, 19, 37, true, true});
    add({kind, 21, 4, 16, 64});
    add({kind, 35, 6, 33, 48, false, true});
  }
}

}  // namespace tengen::nn
