// One learned row for each symbol: whole numbers [...] -> [...,dim].
#pragma once

#include "nn/base/rng.h"
#include "nn/layers/module.h"

namespace tengen::nn {

class Embedding : public Layer {
 public:
  Embedding(int64_t symbols, int64_t dim, Rng& rng);
  // x holds whole numbers in [0, symbols), as floats; any other is a CheckFailure that names it.
  Var forward(const Var& x) override;

 private:
  Var weight_;  // [symbols,dim], standard normal
};

}  // namespace tengen::nn
