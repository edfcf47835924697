#include "nn/infer/predictor.h"

#include <algorithm>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

Shape with_rows(int64_t rows, const Shape& row) {
  PooledVector<int64_t> dims{rows};
  dims.insert(dims.end(), row.begin(), row.end());
  return Shape(dims);
}

Forward forward_of(Layer& network) {
  CHECK(!network.training());
  return [&](const std::vector<Var>& in) { return std::vector<Var>{network.forward(in[0])}; };
}

}  // namespace

Predictor::Predictor(const Forward& network, const Shape& row, const PredictorOptions& options)
    : evaluator_(std::make_shared<const Plan>(trace(network, {with_rows(options.rows, row)}))) {
  const std::span<const Shape> outputs = evaluator_.plan()->output_shapes();
  CHECK(outputs.size() == 1);
  CHECK(outputs[0].rank() > 0);
  CHECK(outputs[0][0] == options.rows);
}

Predictor::Predictor(Layer& network, const Shape& row, const PredictorOptions& options)
    : Predictor(forward_of(network), row, options) {}

Tensor Predictor::operator()(const Tensor& x) const {
  const std::shared_ptr<const Plan> plan = evaluator_.plan();
  const Shape &in = plan->input_shapes()[0], &out = plan->output_shapes()[0];
  const int64_t rows = in[0], count = x.shape()[0];
  const int64_t in_row = in.size() / rows, out_row = out.size() / rows;
  CHECK(x.shape() == with_rows(count, Shape(PooledVector<int64_t>(in.begin() + 1, in.end()))));
  Tensor y(with_rows(count, Shape(PooledVector<int64_t>(out.begin() + 1, out.end()))));
  // The last rows, if they do not fill a run, are run with zeros behind them.
  const int64_t whole = count / rows, rest = count % rows;
  std::vector<float> last_in(rest > 0 ? in.size() : 0), last_out(rest > 0 ? out.size() : 0);
  std::copy_n(x.data() + whole * rows * in_row, rest * in_row, last_in.begin());
  evaluator_.run(
      whole + (rest > 0),
      [&](int64_t i) {
        if (i == whole) return BatchRow{{last_in.data()}, {last_out.data()}};
        return BatchRow{{x.data() + i * in.size()}, {y.data() + i * out.size()}};
      },
      [](int64_t) {});
  std::copy_n(last_out.begin(), rest * out_row, y.data() + whole * rows * out_row);
  return y;
}

}  // namespace tengen::nn
