// Residual blocks as the layers of a trunk, for tests.
#pragma once

#include <vector>

#include "nn/cuda/own_trunk.h"
#include "tests/cuda/half_oracle.h"

namespace tengen::nn {

struct Layers {
  std::vector<TrunkLayer> layers;
  std::vector<int> outputs;
};

// Blocks of He et al. 2015: y = relu(conv(relu(conv(x))) + x). Value 0 is the input.
inline Layers blocks_that_end_in_a_rectifier(HalfNumbers& numbers, const Conv2dShape& shape,
                                             int blocks) {
  Layers run;
  int value = 0;
  for (int i = 0; i < blocks; ++i, value += 2) {
    for (const bool second : {false, true}) {
      TrunkLayer layer{numbers.parts(shape)};
      layer.parts.factor.clear(), layer.parts.term.clear();
      layer.parts.relu = true;
      layer.parts.has_residual = second;
      layer.x = second ? value + 1 : value;
      if (second) layer.residual = value;
      layer.y = layer.x + 1;
      run.layers.push_back(layer);
    }
  }
  run.outputs = {value};
  return run;
}

// Blocks of He et al. 2016, which begin with normalisation and rectifier: the inputs are value 0
// and what the first convolution reads, 1. The last leaves both of these too.
inline Layers blocks_that_begin_with_a_rectifier(HalfNumbers& numbers, const Conv2dShape& shape,
                                                 int blocks) {
  Layers run;
  int stream = 0;
  for (int i = 0; i < blocks; ++i, stream += 3) {
    TrunkLayer first{numbers.parts(shape)};
    first.parts.factor.clear(), first.parts.term.clear();
    first.parts.relu = true;
    first.x = stream + 1;
    first.y = stream + 2;
    TrunkLayer second{numbers.parts(shape)};
    second.parts.has_residual = second.parts.then_relu = true;
    second.x = first.y;
    second.residual = stream;
    second.y = stream + 3;
    second.then_y = stream + 4;
    run.layers.push_back(first);
    run.layers.push_back(second);
  }
  run.outputs = {stream, stream + 1};
  return run;
}

}  // namespace tengen::nn
