// Cases of ops_pool.cpp.
#include <algorithm>

#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

void add_pool(std::vector<OpCase>& cases, Shape x, const Pool2dOptions& options) {
  const PerAxis stride = options.stride.value_or(options.kernel);
  const std::string name = sizes_of(x) + "_by" + sizes_of({options.kernel.h, options.kernel.w}) +
                           "_stride" + sizes_of({stride.h, stride.w}) + "_padding" +
                           sizes_of({options.padding.h, options.padding.w});
  const bool numeric = x.size() < 100;
  if (options.count_padding)
    cases.push_back({"max_pool2d" + name,
                     {x},
                     [=](const Vars& v) { return max_pool2d(v[0], options); },
                     [=](const Values& v) { return oracle_pool2d(true, v[0], x, options); },
                     100,
                     numeric});
  cases.push_back({"average_pool2d" + name + (options.count_padding ? "" : "_inside"),
                   {x},
                   [=](const Vars& v) { return average_pool2d(v[0], options); },
                   [=](const Values& v) { return oracle_pool2d(false, v[0], x, options); },
                   100,
                   numeric});
}

void add_fused(std::vector<OpCase>& cases, Shape x, Shape w, const Conv2dOptions& conv,
               const Pool2dOptions& pool) {
  const auto oracle = [=](const Values& v) {
    Doubles y = oracle_conv2d(v[0], x, v[1], w, v[2], conv);
    for (double& value : y) value = std::max(value, 0.0);
    const int64_t height = (x[1] + 2 * conv.padding.h - w[0]) / conv.stride.h + 1;
    const int64_t width = (x[2] + 2 * conv.padding.w - w[1]) / conv.stride.w + 1;
    return oracle_pool2d(true, y, {x[0], height, width, w[3]}, pool);
  };
  cases.push_back(
      {"conv2d_relu_max_pool" + sizes_of(x) + "_by" + sizes_of(w) + "_padding" +
           sizes_of({conv.padding.h, conv.padding.w}) + "_pool" +
           sizes_of({pool.kernel.h, pool.kernel.w}),
       {x, w, {w[3]}},
       [=](const Vars& v) { return conv2d_relu_max_pool(v[0], v[1], v[2], conv, pool); },
       oracle,
       100,
       x.size() < 40});
}

}  // namespace

void add_pools(std::vector<OpCase>& cases) {
  add_pool(cases, {1, 2, 2, 1}, {});
  add_pool(cases, {2, 4, 6, 2}, {});
  add_pool(cases, {1, 5, 5, 3}, {});  // the last row and column are left over
  add_pool(cases, {1, 5, 6, 2}, {.kernel = 3, .stride = 2, .padding = 1});
  add_pool(cases, {1, 5, 6, 2}, {.kernel = 3, .stride = 2, .padding = 1, .count_padding = false});
  add_pool(cases, {1, 4, 4, 3}, {.kernel = {3, 2}, .stride = 1});
  add_pool(cases, {1, 6, 7, 1}, {.kernel = {2, 3}, .stride = PerAxis(3, 2), .padding = {0, 1}});
  add_pool(cases, {5, 24, 24, 32}, {});
  add_pool(cases, {3, 13, 11, 37}, {.kernel = 3, .stride = 2, .padding = 1});
  add_pool(cases, {3, 13, 11, 37},
           {.kernel = 3, .stride = 2, .padding = 1, .count_padding = false});
  add_fused(cases, {2, 3, 3, 1}, {2, 2, 1, 2}, {}, {});
  add_fused(cases, {3, 12, 12, 1}, {5, 5, 1, 32}, {}, {});
  add_fused(cases, {11, 12, 12, 16}, {5, 5, 16, 24}, {}, {});
  add_fused(cases, {5, 9, 9, 20}, {3, 3, 20, 18}, {.padding = 1}, {.kernel = 3, .stride = 2});
  add_fused(cases, {2, 11, 10, 3}, {3, 3, 3, 17}, {.stride = 2, .padding = 1}, {});
}

}  // namespace tengen::nn
