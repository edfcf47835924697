// The one list of layers: each is checked against finite differences, inputs and parameters, in
// training and in evaluation: in double (tests/nn_double) and in float32 on the default device.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "nn/device.h"
#include "nn/gradcheck.h"
#include "nn/layers/module.h"

namespace tengen::nn {

struct LayerCase {
  std::string name;
  std::vector<Shape> inputs;
  // The layer with the same weights, and the same random numbers to come, every time.
  std::function<std::unique_ptr<Module>()> make;
  std::function<Var(Module& layer, const std::vector<Var>& inputs)> run;
};

std::vector<LayerCase> layer_cases();

// Its parts: a room of the library adds a function and a line in layer_cases().
void add_basic_layers(std::vector<LayerCase>& cases);
void add_image_layers(std::vector<LayerCase>& cases);
void add_general_layers(std::vector<LayerCase>& cases);
void add_recurrent_layers(std::vector<LayerCase>& cases);

// A case of one input and the layer L(arguments...).
template <class L, class Make>
LayerCase layer_case(const std::string& name, const Shape& input, Make make) {
  return {name,
          {input},
          [make]() -> std::unique_ptr<Module> { return make(); },
          [](Module& layer, const std::vector<Var>& inputs) {
            return static_cast<L&>(layer).forward(inputs[0]);
          }};
}

// Finite differences of inputs and parameters. Each evaluation gets a layer of its own, so that
// layers that draw random numbers draw the same ones.
GradcheckResult check_gradient(const LayerCase& c, bool training, const GradcheckOptions& options,
                               Device& device = cpu_device());

inline std::ostream& operator<<(std::ostream& out, const LayerCase& c) { return out << c.name; }

}  // namespace tengen::nn
