#include "tools/demos/boundary_picture.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tools/pictures/chart.h"

namespace tengen::tools {

nn::Tensor boundary_picture(const Table& table, const nn::LinearModel& model) {
  std::vector<Curve> curves{{table.target + " 0", {}, {}, true},
                            {table.target + " 1", {}, {}, true}};
  for (int64_t i = 0; i < table.test_y.size(); ++i) {
    Curve& points = curves[table.test_y.data()[i] > 0.5f ? 1 : 0];
    points.x.push_back(table.test_x.data()[2 * i]);
    points.y.push_back(table.test_x.data()[2 * i + 1]);
  }
  const auto [low, high] = std::ranges::minmax(column_of(table.test_x, 1));
  const std::vector<double> xs = column_of(table.test_x, 0);
  const auto [left, right] = std::ranges::minmax(xs);
  // The log-odds are a plane over the features as they are: three of its heights say which.
  const std::vector<float> corners{0, 0, 1, 0, 0, 1};
  const nn::Tensor heights = model.predict(standardized(nn::Tensor({3, 2}, corners), table.x));
  const double base = heights.data()[0];
  const double slope_x = heights.data()[1] - base, slope_y = heights.data()[2] - base;
  for (const auto& [name, odds] :
       {std::pair{"1 to 1", 1.0}, {"9 to 1", 9.0}, {"1 to 9", 1 / 9.0}}) {
    Curve line{name, {}, {}};
    for (int i = 0; i <= 200; ++i) {
      const double x = left + (right - left) * i / 200.0;
      const double y = (std::log(odds) - base - slope_x * x) / slope_y;
      line.x.push_back(x);
      line.y.push_back(low <= y && y <= high ? y : std::nan(""));
    }
    curves.push_back(line);
  }
  return line_chart(curves, {.title = "Where one class becomes the other, and the odds",
                             .x_label = table.features[0],
                             .y_label = table.features[1]});
}

}  // namespace tengen::tools
