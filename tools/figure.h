// What benchmarks and demos end with.
#pragma once

#include <string>
#include <vector>

namespace tengen::tools {

struct Figure {
  std::string name;  // "random 9x9 playouts, one core"
  double value = 0.0;
  std::string unit;  // "playouts/s"
};
using Figures = std::vector<Figure>;

}  // namespace tengen::tools
