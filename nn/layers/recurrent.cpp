#include "nn/layers/recurrent.h"

#include <algorithm>
#include <span>

#include "nn/base/check.h"
#include "nn/layers/init.h"

namespace tengen::nn {
namespace {

// A matrix [hidden, hidden] for every gate, side by side.
Tensor recurrent_weight(int64_t gates, int64_t hidden, Rng& rng) {
  Tensor all({hidden, gates * hidden});
  for (int64_t gate = 0; gate < gates; ++gate) {
    const Tensor one = orthogonal({hidden, hidden}, 1.0, rng);
    all.device().copy_blocks(hidden, hidden, one.data(), hidden, all.data() + gate * hidden,
                             gates * hidden);
  }
  return all;
}

}  // namespace

RecurrentLayer::RecurrentLayer(Recurrence kind, int64_t in, int64_t hidden, Rng& rng,
                               const RecurrentLayerOptions& options)
    : kind_(kind), in_(in), hidden_(hidden), options_(options) {
  CHECK(in > 0);
  CHECK(hidden > 0);
  CHECK(options.layers > 0);
  CHECK(options.dropout >= 0);
  CHECK(options.dropout < 1);
  for (int64_t layer = 0; layer < options.layers; ++layer) {
    const int64_t width = layer == 0 ? in : options.bidirectional ? 2 * hidden : hidden;
    const std::string name = "layer" + std::to_string(layer);
    weights_.push_back(make_weights(name, width, rng));
    if (options.bidirectional) weights_.push_back(make_weights(name + "_reverse", width, rng));
    if (options.dropout == 0 || layer + 1 == options.layers) continue;
    dropouts_.push_back(std::make_unique<Dropout>(options.dropout, rng));
    add_child("dropout" + std::to_string(layer), *dropouts_.back());
  }
}

RecurrentWeights RecurrentLayer::make_weights(const std::string& name, int64_t in, Rng& rng) {
  const RecurrentShape shape{.kind = kind_};
  Tensor bias({shape.bias_gates() * hidden_});
  if (kind_ == Recurrence::kLstm) bias.view(hidden_, {hidden_}).fill(1.0f);
  RecurrentWeights weights;
  weights.input =
      add_parameter(name + ".input_weight",
                    xavier_uniform({in, shape.gates() * hidden_}, in, hidden_, rng), true);
  weights.recurrent = add_parameter(name + ".recurrent_weight",
                                    recurrent_weight(shape.gates(), hidden_, rng), true);
  weights.bias = add_parameter(name + ".bias", bias, false);
  return weights;
}

RecurrentResult RecurrentLayer::run(int64_t index, const Var& x, const RecurrentState& first,
                                    const RecurrentOptions& options) const {
  switch (kind_) {
    case Recurrence::kRnnTanh:
      return rnn(x, weights_[index], first, RnnActivation::kTanh, options);
    case Recurrence::kRnnRelu:
      return rnn(x, weights_[index], first, RnnActivation::kRelu, options);
    case Recurrence::kLstm:
      return lstm(x, weights_[index], first, options);
    case Recurrence::kGru:
      break;
  }
  return gru(x, weights_[index], first, options);
}

Var RecurrentLayer::forward(const Var& x) { return forward(x, {}).y; }

RecurrentLayer::Sequence RecurrentLayer::forward(const Var& x, const States& first,
                                                 const std::vector<int32_t>& lengths) {
  expect_shape(x, {"N", "T", in_});
  if (!first.empty() && first.size() != weights_.size())
    throw CheckFailure(path() + ": expected " + std::to_string(weights_.size()) + " states, got " +
                       std::to_string(first.size()));
  for (const RecurrentState& state : first)
    for (const Var* var : {&state.h, &state.c})
      if (var->defined()) expect_shape(*var, {x.shape()[0], hidden_});
  Sequence sequence{x, {}};
  for (int64_t layer = 0; layer < options_.layers; ++layer) {
    Var y;
    for (const bool reverse : {false, true}) {
      if (reverse && !options_.bidirectional) break;
      const size_t index = sequence.last.size();
      RecurrentResult result =
          run(static_cast<int64_t>(index), sequence.y,
              first.empty() ? RecurrentState{} : first[index], {reverse, lengths});
      y = reverse ? concat({y, result.y}, 2) : result.y;
      sequence.last.push_back(std::move(result.last));
    }
    sequence.y = std::move(y);
    if (layer < static_cast<int64_t>(dropouts_.size()))
      sequence.y = dropouts_[layer]->forward(sequence.y);
  }
  return sequence;
}

RecurrentLayer::States detached(const RecurrentLayer::States& states) {
  RecurrentLayer::States values;
  for (const RecurrentState& state : states) {
    RecurrentState& value = values.emplace_back();
    if (state.h.defined()) value.h = Var(state.h.value());
    if (state.c.defined()) value.c = Var(state.c.value());
  }
  return values;
}

Rnn::Rnn(int64_t in, int64_t hidden, Rng& rng, const RecurrentLayerOptions& options,
         RnnActivation activation)
    : RecurrentLayer(
          activation == RnnActivation::kRelu ? Recurrence::kRnnRelu : Recurrence::kRnnTanh, in,
          hidden, rng, options) {}

Lstm::Lstm(int64_t in, int64_t hidden, Rng& rng, const RecurrentLayerOptions& options)
    : RecurrentLayer(Recurrence::kLstm, in, hidden, rng, options) {}

Gru::Gru(int64_t in, int64_t hidden, Rng& rng, const RecurrentLayerOptions& options)
    : RecurrentLayer(Recurrence::kGru, in, hidden, rng, options) {}

}  // namespace tengen::nn
