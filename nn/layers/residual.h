// A shortcut around any layers (He et al. 2016): x + f(x).
#pragma once

#include "nn/layers/sequential.h"

namespace tengen::nn {

// net.add<Residual>("block", [&](Sequential& f) { f.add<Linear>("in", 8, 8, rng).add(relu); });
class Residual : public Sequential {
 public:
  // `fill` adds the layers of f, which keep the shape.
  explicit Residual(const std::function<void(Sequential&)>& fill) { fill(*this); }
  Var forward(const Var& x) override;
};

}  // namespace tengen::nn
