// Rnn, Lstm and Gru: stacks of recurrent layers over sequences, [N,T,in] -> [N,T,hidden].
//
// The formulas and the order of the gates are those of the functions in ops.h. Parameters are
// "layer0.input_weight", "layer0.recurrent_weight", "layer0.bias", "layer0_reverse.input_weight"
// and so on; "dropout0" and so on count their calls.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nn/base/block_pool.h"
#include "nn/base/rng.h"
#include "nn/layers/dropout.h"
#include "nn/layers/module.h"
#include "nn/ops.h"

namespace tengen::nn {

struct RecurrentLayerOptions {
  int64_t layers = 1;
  // A second layer beside each reads from the last element to the first; their outputs stand side
  // by side, [N,T,2*hidden].
  bool bidirectional = false;
  float dropout = 0.0f;  // of the outputs between layers, in training
};

class RecurrentLayer : public Layer {
 public:
  // From a state of zeros over all T elements.
  Var forward(const Var& x) override;

  // One state for each layer and direction: layer 0, layer 0 reversed, layer 1 and so on.
  using States = PooledVector<RecurrentState>;
  struct Sequence {
    Var y;
    States last;
  };
  // From `first` (empty: zeros) over the first lengths[n] elements of row n (empty: all). To
  // sample, give x [N,1,in] and the states of the call before.
  Sequence forward(const Var& x, const States& first, const std::vector<int32_t>& lengths = {});

 protected:
  RecurrentLayer(Recurrence kind, int64_t in, int64_t hidden, Rng& rng,
                 const RecurrentLayerOptions& options);

 private:
  RecurrentWeights make_weights(const std::string& name, int64_t in, Rng& rng);
  RecurrentResult run(int64_t index, const Var& x, const RecurrentState& first,
                      const RecurrentOptions& options) const;

  const Recurrence kind_;
  const int64_t in_, hidden_;
  const RecurrentLayerOptions options_;
  std::vector<RecurrentWeights> weights_;           // in the order of States
  std::vector<std::unique_ptr<Dropout>> dropouts_;  // behind every layer but the last
};

// The values of `states` without the tape that made them: truncated backpropagation through time.
RecurrentLayer::States detached(const RecurrentLayer::States& states);

// Input weights are Xavier, recurrent ones orthogonal (Saxe et al. 2014), biases zero.
class Rnn : public RecurrentLayer {
 public:
  Rnn(int64_t in, int64_t hidden, Rng& rng, const RecurrentLayerOptions& options = {},
      RnnActivation activation = RnnActivation::kTanh);
};

// As Rnn; the biases of the forget gates are one (Jozefowicz et al. 2015).
class Lstm : public RecurrentLayer {
 public:
  Lstm(int64_t in, int64_t hidden, Rng& rng, const RecurrentLayerOptions& options = {});
};

class Gru : public RecurrentLayer {
 public:
  Gru(int64_t in, int64_t hidden, Rng& rng, const RecurrentLayerOptions& options = {});
};

}  // namespace tengen::nn
