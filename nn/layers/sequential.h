// Layers one after the other: a network as a list.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

// Sequential net;
// net.add<Conv2d>("conv", 1, 32, 5, rng).add(relu).add<Linear>("out", 32, 10, rng);
class Sequential : public Layer {
 public:
  // A layer made from `arguments`; its parameters are "NAME.weight" and so on.
  template <class L, class... Arguments>
  Sequential& add(const std::string& name, Arguments&&... arguments) {
    owned_.push_back(std::make_unique<L>(std::forward<Arguments>(arguments)...));
    Layer& layer = *owned_.back();
    add_child(name, layer);
    steps_.push_back([&layer](const Var& x) { return layer.forward(x); });
    return *this;
  }
  // A function without parameters, as relu is.
  Sequential& add(std::function<Var(const Var&)> function) {
    steps_.push_back(std::move(function));
    return *this;
  }
  Var forward(const Var& x) override {
    Var y = x;
    for (const auto& step : steps_) y = step(y);
    return y;
  }
  // What every step makes of x, in order; the last is forward(x).
  std::vector<Var> activations(const Var& x) {
    std::vector<Var> all;
    for (const auto& step : steps_) all.push_back(step(all.empty() ? x : all.back()));
    return all;
  }

 private:
  std::vector<std::unique_ptr<Layer>> owned_;
  std::vector<std::function<Var(const Var&)>> steps_;
};

}  // namespace tengen::nn
