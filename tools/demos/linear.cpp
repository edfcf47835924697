// `tengen demo linear`: linear and logistic regression, each twice: in closed form (or by Newton's
// method) and by gradient descent, which find the same. And what becomes of a polynomial whose
// degree is too low or too high (Bishop 2006, section 1.1).
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/classics/linear_model.h"
#include "tools/demos/boundary_picture.h"
#include "tools/demos/demo.h"
#include "tools/demos/demo_run.h"
#include "tools/demos/tables.h"
#include "tools/pictures/chart.h"

namespace tengen::tools {
namespace {

using namespace nn;  // NOLINT: the page is about nothing else

double root_mean_square(const Tensor& prediction, const Tensor& target) {
  double sum = 0;
  for (int64_t i = 0; i < target.size(); ++i)
    sum += std::pow(prediction.data()[i] - target.data()[i], 2);
  return std::sqrt(sum / static_cast<double>(target.size()));
}

// Prints both models side by side; the largest difference of two weights.
double compare(const LinearModel& closed, const LinearModel& descent,
               const std::vector<std::string>& names) {
  double most = 0;
  fmt::print("{:<24} {:>14} {:>14}\n", "weight of", "closed form", "descent");
  const auto line = [&](const std::string& name, float a, float b) {
    fmt::print("{:<24} {:>14.6f} {:>14.6f}\n", name, a, b);
    most = std::max<double>(most, std::abs(a - b));
  };
  for (int64_t i = 0; i < closed.weight.size(); ++i)
    line(names.at(i), closed.weight.data()[i], descent.weight.data()[i]);
  line("1", closed.bias.item(), descent.bias.item());
  return most;
}

// Errors on what was learned from and on what was not, over the degree; and three of the curves.
Figures try_degrees(DemoRun& run, const Table& table) {
  constexpr int64_t kMostDegree = 12;
  constexpr int64_t kPlaces = 400;  // at which a curve is drawn
  const auto [least, greatest] =
      std::minmax_element(table.x.values().begin(), table.x.values().end());
  Tensor places({kPlaces, 1});
  for (int64_t i = 0; i < kPlaces; ++i)
    places.data()[i] = *least + (*greatest - *least) * static_cast<float>(i) / (kPlaces - 1);

  Curve learned{"learned from", {}, {}}, tested{"test", {}, {}};
  std::vector<Curve> curves{{"learned from", column_of(table.x), column_of(table.y), true}};
  const int64_t degrees = std::min<int64_t>(kMostDegree, table.x.size() - 2);
  for (int64_t degree = 1; degree <= degrees; ++degree) {
    const LinearModel model = fit_linear(powers(table.x, table.x, degree), table.y);
    const auto error = [&](const Tensor& x, const Tensor& y) {
      return root_mean_square(model.predict(powers(x, table.x, degree)), y);
    };
    for (Curve* curve : {&learned, &tested}) curve->x.push_back(static_cast<double>(degree));
    learned.y.push_back(error(table.x, table.y));
    tested.y.push_back(error(table.test_x, table.test_y));
    if (degree == 1 || degree == 3 || degree == degrees)
      curves.push_back({fmt::format("degree {}", degree), column_of(places),
                        column_of(model.predict(powers(places, table.x, degree)))});
  }
  if (run.pictures()) {
    run.picture("degrees", line_chart({learned, tested}, {.title = "Too simple, right, too free",
                                                          .x_label = "degree of the polynomial",
                                                          .y_label = "error (root mean square)",
                                                          .log_y = true}));
    const auto [low, high] = std::minmax_element(table.y.values().begin(), table.y.values().end());
    const double room = 0.5 * (*high - *low);
    run.picture("curves", line_chart(curves, {.title = "The same points, three polynomials",
                                              .x_label = table.features[0],
                                              .y_label = table.target,
                                              .y_least = *low - room,
                                              .y_greatest = *high + room}));
  }
  const auto best = std::min_element(tested.y.begin(), tested.y.end()) - tested.y.begin();
  return {{"best degree", static_cast<double>(best + 1), ""},
          {"its test error", tested.y[best], ""},
          {fmt::format("test error of degree {}", degrees), tested.y.back(), ""}};
}

// Of one feature a polynomial of degree 3, of several a plane.
Figures run_regression(DemoRun& run, const DemoOptions& options, const DescentOptions& descent) {
  const Table table = options.data.empty() ? noisy_wave(options.seed)
                                           : read_table(options.data, false, options.seed);
  fmt::print("Data: {}; {} rows to learn from, {} to test.\n", table.source, table.x.shape()[0],
             table.test_x.shape()[0]);
  const bool curve = table.features.size() == 1;
  const auto columns = [&](const Tensor& x) {
    return curve ? powers(x, table.x, 3) : standardized(x, table.x);
  };
  const LinearModel closed = fit_linear(columns(table.x), table.y);
  const LinearModel found = descend_linear(columns(table.x), table.y, 0, descent);
  const double difference =
      compare(closed, found, curve ? std::vector<std::string>{"x", "x^2", "x^3"} : table.features);
  const double error = root_mean_square(found.predict(columns(table.test_x)), table.test_y);
  fmt::print("Error (root mean square) of the test: {:.4f} by descent, {:.4f} in closed form.\n",
             error, root_mean_square(closed.predict(columns(table.test_x)), table.test_y));
  Figures figures{{"difference of the weights", 1e6 * difference, "e-6"},
                  {"test error", error, ""}};
  if (curve)
    for (const Figure& figure : try_degrees(run, table)) figures.push_back(figure);
  return figures;
}

double share_right(const Tensor& log_odds, const Tensor& classes) {
  int64_t right = 0;
  for (int64_t i = 0; i < classes.size(); ++i)
    right += (log_odds.data()[i] > 0) == (classes.data()[i] > 0.5f);
  return static_cast<double>(right) / static_cast<double>(classes.size());
}

Figures run_logistic(DemoRun& run, const DemoOptions& options, const DescentOptions& descent) {
  constexpr float kRidge = 0.1f;  // classes that a plane separates have no best weights without
  const Table table = options.data.empty() ? two_clouds(options.seed)
                                           : read_table(options.data, true, options.seed);
  fmt::print("Data: {}; {} rows to learn from, {} to test.\n", table.source, table.x.shape()[0],
             table.test_x.shape()[0]);
  const Tensor x = standardized(table.x, table.x), test_x = standardized(table.test_x, table.x);
  const LinearModel closed = fit_logistic(x, table.y, kRidge);
  const LinearModel found = descend_logistic(x, table.y, kRidge, descent);
  const double difference = compare(closed, found, table.features);
  const double accuracy = 100 * share_right(found.predict(test_x), table.test_y);
  fmt::print("{:.2f} % of the test rows are told right by descent, {:.2f} % by Newton's method.\n",
             accuracy, 100 * share_right(closed.predict(test_x), table.test_y));
  if (run.pictures() && table.features.size() == 2)
    run.picture("boundary", boundary_picture(table, found));
  return {{"difference of the weights", 1e6 * difference, "e-6"}, {"test accuracy", accuracy, "%"}};
}

Figures run_linear(const DemoOptions& options) {
  if (!options.save.empty())
    throw Error("linear: --save " + options.save + ": this demo trains no network");
  DemoRun run("linear", options);
  DescentOptions descent{.steps = 5000};
  if (options.epochs > 0) descent.steps = options.epochs;
  const Figures figures = options.recipe == "logistic" ? run_logistic(run, options, descent)
                                                       : run_regression(run, options, descent);
  run.finish();
  return figures;
}

}  // namespace

Demo linear_demo() {
  return {.name = "linear",
          .about = "Lines through points and between classes, in closed form and by descent",
          .data_help = "A CSV file: features, then the target; without it points are made",
          .recipes = {{"regression", "linear regression, and polynomials of every degree"},
                      {"logistic", "logistic regression between two classes, 0 and 1"}},
          .bench = {"regression", "logistic"},
          .run = run_linear};
}

}  // namespace tengen::tools
