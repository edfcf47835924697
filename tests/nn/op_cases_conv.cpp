// Cases of ops_conv.cpp.
#include <utility>

#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

// "_stride_2_1_padding_1_1" and so on, of what is not 1, 0, 1 and 1.
template <class Options>
std::string text_of(const Options& options) {
  const auto part = [](const std::string& name, const PerAxis& value, int64_t usual) {
    return value == usual ? "" : "_" + name + sizes_of({value.h, value.w});
  };
  return part("stride", options.stride, 1) + part("padding", options.padding, 0) +
         part("dilation", options.dilation, 1) + part("groups", options.groups, 1);
}

class Convolutions {
 public:
  explicit Convolutions(std::vector<OpCase>& cases) : cases_(cases) {}

  void add(Shape x, Shape w, const Conv2dOptions& options, bool bias) {
    cases_.push_back(
        {"conv2d" + sizes_of(x) + "_by" + sizes_of(w) + text_of(options), inputs(x, w, w[3], bias),
         [=](const Vars& v) { return conv2d(v[0], v[1], bias ? v[2] : Var(), options); },
         [=](const Values& v) {
           return oracle_conv2d(v[0], x, v[1], w, bias ? v[2] : Doubles(), options);
         },
         100, x.size() < 200});
  }

  void add_transposed(Shape x, Shape w, const ConvTranspose2dOptions& options, bool bias,
                      Shape result) {
    cases_.push_back(
        {"conv_transpose2d" + sizes_of(x) + "_by" + sizes_of(w) + text_of(options) + "_output" +
             sizes_of(result),
         inputs(x, w, result[3], bias),
         [=](const Vars& v) { return conv_transpose2d(v[0], v[1], bias ? v[2] : Var(), options); },
         [=](const Values& v) {
           return oracle_conv_transpose2d(v[0], x, v[1], w, bias ? v[2] : Doubles(), result,
                                          options);
         },
         100, x.size() < 200});
  }

 private:
  static std::vector<Shape> inputs(const Shape& x, const Shape& w, int64_t out, bool bias) {
    std::vector<Shape> shapes{x, w};
    if (bias) shapes.push_back({out});
    return shapes;
  }

  std::vector<OpCase>& cases_;
};

void add_plain(Convolutions& c) {
  c.add({1, 1, 1, 1}, {1, 1, 1, 1}, {}, true);
  c.add({2, 3, 3, 2}, {3, 3, 2, 3}, {.padding = 1}, true);
  c.add({1, 5, 4, 3}, {3, 3, 3, 2}, {}, false);
  c.add({2, 5, 7, 2}, {3, 3, 2, 3}, {.stride = 2, .padding = 1}, true);
  c.add({1, 6, 6, 2}, {5, 3, 2, 2}, {.padding = 2}, false);
  c.add({2, 4, 4, 3}, {1, 1, 3, 5}, {}, true);
  c.add({1, 4, 4, 2}, {2, 2, 2, 3}, {.stride = 2}, true);
  c.add({1, 7, 7, 17}, {3, 3, 17, 20}, {.padding = 1}, true);
  c.add({5, 9, 9, 17}, {3, 3, 17, 64}, {.padding = 1}, false);
  c.add({3, 9, 9, 64}, {3, 3, 64, 64}, {.padding = 1}, false);
  c.add({2, 19, 19, 32}, {3, 3, 32, 48}, {.padding = 1}, true);
  c.add({2, 13, 11, 16}, {3, 3, 16, 16}, {.padding = 1}, false);
  c.add({14, 9, 9, 8}, {3, 3, 8, 16}, {.padding = 1}, false);  // summed over groups of images
  c.add({1, 68, 68, 8}, {3, 3, 8, 8}, {.padding = 1}, false);  // fewer images than partial sums
  c.add({3, 9, 9, 64}, {1, 1, 64, 33}, {}, true);
  c.add({2, 12, 12, 8}, {5, 5, 8, 24}, {}, true);
  c.add({2, 10, 10, 16}, {3, 3, 16, 24}, {.stride = 2, .padding = 1}, false);
}

void add_unusual(Convolutions& c) {
  c.add({1, 6, 7, 2}, {3, 3, 2, 2}, {.padding = {2, 1}, .dilation = 2}, true);
  c.add({1, 5, 5, 4}, {3, 3, 2, 6}, {.padding = 1, .groups = 2}, true);
  c.add({2, 4, 4, 3}, {3, 3, 1, 3}, {.padding = 1, .groups = 3}, false);     // depthwise
  c.add({1, 5, 4, 3}, {2, 3, 1, 6}, {.stride = {2, 1}, .groups = 3}, true);  // two each
  c.add({1, 7, 1, 3}, {3, 1, 3, 4}, {.padding = {1, 0}}, true);              // a sequence
  c.add({1, 8, 6, 2}, {3, 2, 1, 2},
        {.stride = {3, 2}, .padding = {1, 1}, .dilation = {2, 3}, .groups = 2}, true);
  c.add({3, 14, 13, 24}, {3, 3, 8, 36}, {.padding = 1, .groups = 3}, true);
  c.add({2, 12, 12, 40}, {3, 3, 1, 40}, {.padding = 1, .groups = 40}, true);
  c.add({2, 12, 11, 40}, {5, 5, 1, 40}, {.stride = 2, .padding = 2, .groups = 40}, false);
  c.add({2, 9, 9, 20}, {3, 3, 1, 40}, {.padding = 1, .groups = 20}, false);
  c.add({2, 16, 16, 12}, {3, 3, 12, 20}, {.padding = 2, .dilation = 2}, true);
}

void add_transposed(Convolutions& c) {
  c.add_transposed({1, 3, 3, 2}, {3, 3, 3, 2}, {}, true, {1, 5, 5, 3});
  c.add_transposed({2, 3, 2, 2}, {3, 3, 1, 2}, {.stride = 2, .padding = 1, .output_padding = 1},
                   true, {2, 6, 4, 1});
  c.add_transposed({1, 3, 3, 4}, {2, 2, 3, 4}, {.stride = 2, .groups = 2}, true, {1, 6, 6, 6});
  c.add_transposed(
      {1, 4, 3, 2}, {2, 3, 2, 2},
      {.stride = {1, 3}, .padding = {0, 1}, .output_padding = {0, 2}, .dilation = {2, 1}}, false,
      {1, 6, 9, 2});
  c.add_transposed({3, 7, 7, 24}, {4, 4, 20, 24}, {.stride = 2, .padding = 1}, true,
                   {3, 14, 14, 20});
  c.add_transposed({3, 9, 9, 24}, {3, 3, 20, 24}, {.padding = 1}, true, {3, 9, 9, 20});
}

}  // namespace

void add_convolutions(std::vector<OpCase>& cases) {
  Convolutions convolutions(cases);
  add_plain(convolutions);
  add_unusual(convolutions);
  add_transposed(convolutions);
}

}  // namespace tengen::nn
