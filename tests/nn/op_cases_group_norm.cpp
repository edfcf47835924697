// Cases of ops_group_norm.cpp.
#include "tests/nn/op_cases.h"

#include <cmath>

namespace tengen::nn {
namespace {

constexpr float kEpsilon = 1e-3f;

// x [n, points, channels], normalised over the points and channels of each group.
Doubles oracle_group_norm(const Values& v, int64_t n, int64_t points, int64_t groups) {
  const Doubles &x = v[0], &gamma = v[1], &beta = v[2];
  const int64_t channels = static_cast<int64_t>(gamma.size()), width = channels / groups;
  const auto place = [=](int64_t i, int64_t g, int64_t j) {  // j of the group's points * width
    return (i * points + j / width) * channels + g * width + j % width;
  };
  const double size = static_cast<double>(points * width);
  Doubles y(x.size());
  for (int64_t i = 0; i < n; ++i)
    for (int64_t g = 0; g < groups; ++g) {
      double mean = 0.0, variance = 0.0;
      for (int64_t j = 0; j < points * width; ++j) mean += x[place(i, g, j)] / size;
      for (int64_t j = 0; j < points * width; ++j)
        variance += std::pow(x[place(i, g, j)] - mean, 2.0) / size;
      for (int64_t j = 0; j < points * width; ++j) {
        const int64_t at = place(i, g, j), c = at % channels;
        y[at] = gamma[c] * (x[at] - mean) / std::sqrt(variance + kEpsilon) + beta[c];
      }
    }
  return y;
}

}  // namespace

void add_group_norms(std::vector<OpCase>& cases) {
  for (const Shape& shape :
       {Shape{4, 3}, Shape{2, 3, 5}, Shape{6}, Shape{67, 130}, Shape{1, 4, 33, 96}}) {
    const int64_t channels = shape[-1];
    cases.push_back(
        {"layer_norm" + sizes_of(shape),
         {shape, {channels}, {channels}},
         [](const Vars& v) { return layer_norm(v[0], v[1], v[2], kEpsilon); },
         [=](const Values& v) { return oracle_group_norm(v, shape.size() / channels, 1, 1); },
         100,
         shape.size() < 100});
  }
  const auto grouped = [&](const Shape& shape, int64_t groups) {
    const int64_t channels = shape[-1];
    cases.push_back({"group_norm" + sizes_of(shape) + "_groups_" + std::to_string(groups),
                     {shape, {channels}, {channels}},
                     [=](const Vars& v) { return group_norm(v[0], groups, v[1], v[2], kEpsilon); },
                     [=](const Values& v) {
                       return oracle_group_norm(v, shape[0], shape.size() / shape[0] / channels,
                                                groups);
                     },
                     100,
                     shape.size() < 100});
  };
  grouped({3, 4}, 2);
  grouped({2, 2, 2, 6}, 3);
  grouped({2, 3, 4}, 1);
  grouped({2, 3, 4}, 4);
  grouped({5, 9, 9, 64}, 8);
  grouped({3, 50, 36}, 4);
  grouped({3, 7, 11, 48}, 1);
}

}  // namespace tengen::nn
