// Charts as pictures [H,W,3] in [0,1], for files and for TensorBoard alike. Drawn with cairo.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nn/tensor.h"

namespace tengen::tools {

struct Curve {
  std::string name;          // in the legend; empty: not there
  std::vector<double> x, y;  // equally many; points that are not finite break the line
  bool points = false;       // dots instead of a line
};

struct ChartOptions {
  std::string title = {}, x_label = {}, y_label = {};
  bool log_x = false, log_y = false;
  std::optional<double> y_least = {}, y_greatest = {};  // nothing: what the curves need
  int width = 900, height = 560;                        // pixels
};

// Colours that colour-blind people can tell apart (Okabe and Ito 2008), and other dashes beyond
// eight curves.
nn::Tensor line_chart(const std::vector<Curve>& curves, const ChartOptions& options);

struct MatrixOptions {
  std::string title = {}, x_label = {}, y_label = {};
  std::vector<std::string> rows = {}, columns = {};  // their names; empty: numbers from 0
  bool numbers = true;  // written into the cells, without decimals if all are whole
  int cell = 0;         // pixels; 0: what suits the size
};

// A table as colours: a confusion matrix (rows: actual), attention (rows: words written). Each
// cell's shade is its share of the largest. values [R,C], not negative.
nn::Tensor matrix_chart(const nn::Tensor& values, const MatrixOptions& options);

}  // namespace tengen::tools
