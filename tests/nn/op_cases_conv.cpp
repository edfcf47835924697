// Cases of ops_conv.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen::nn {
void add_convolutions(std::vector<OpCase>& cases) {
  const auto convolution = [&](Shape x, Shape w, int64_t stride, int64_t padding, bool bias) {
    const std::string name = "conv2d" + sizes_of(x) + "_by" + sizes_of(w) + "_stride_padding" +
                             sizes_of({stride, padding});
    std::vector<Shape> inputs{x, w};
    if (bias) inputs.push_back({w[3]});
    cases.push_back({name, inputs,
                     [=](const Vars& v) {
                       return conv2d(v[0], v[1], bias ? v[2] : Var(), {stride, padding});
                     },
                     [=](const Values& v) {
                       return oracle_conv2d(v[0], x, v[1], w, bias ? v[2] : Doubles(), stride,
                                            padding);
                     },
                     100, x.size() < 200});
  };
  convolution({1, 1, 1, 1}, {1, 1, 1, 1}, 1, 0, true);
  convolution({2, 3, 3, 2}, {3, 3, 2, 3}, 1, 1, true);
  convolution({1, 5, 4, 3}, {3, 3, 3, 2}, 1, 0, false);
  convolution({2, 5, 7, 2}, {3, 3, 2, 3}, 2, 1, true);
  convolution({1, 6, 6, 2}, {5, 3, 2, 2}, 1, 2, false);
  convolution({2, 4, 4, 3}, {1, 1, 3, 5}, 1, 0, true);
  convolution({1, 4, 4, 2}, {2, 2, 2, 3}, 2, 0, true);
  convolution({1, 7, 7, 17}, {3, 3, 17, 20}, 1, 1, true);
  convolution({5, 9, 9, 17}, {3, 3, 17, 64}, 1, 1, false);
  convolution({3, 9, 9, 64}, {3, 3, 64, 64}, 1, 1, false);
  convolution({2, 19, 19, 32}, {3, 3, 32, 48}, 1, 1, true);
  convolution({2, 13, 11, 16}, {3, 3, 16, 16}, 1, 1, false);
  convolution({3, 9, 9, 64}, {1, 1, 64, 33}, 1, 0, true);
  convolution({2, 12, 12, 8}, {5, 5, 8, 24}, 1, 0, true);
  convolution({2, 10, 10, 16}, {3, 3, 16, 24}, 2, 1, false);
}

}  // namespace tengen::nn
