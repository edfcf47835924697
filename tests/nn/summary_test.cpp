// The table of a network, word for word.
#include "nn/summary.h"

#include <gtest/gtest.h>

#include <functional>

#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

class SmallNet : public Module {
 public:
  explicit SmallNet(Rng rng)
      : conv_(3, 16, 3, rng, {.bias = false}), norm_(16), head_(16, 16, rng) {
    add_child("stem", conv_);
    add_child("norm", norm_);
    add_child("head", head_);
  }
  Var forward(const Var& x) {
    const Var y = relu(norm_.forward(conv_.forward(x)));
    return head_.forward(relu(head_.forward(global_mean_pool(y))));  // one layer, used twice
  }

 private:
  Conv2d conv_;
  BatchNorm norm_;
  Linear head_;
};

// stem: 2 * 8*8 * 9*3*16 per image = 55,296; head: 2 * 16*16 = 512; two images.
TEST(Summary, IsATableOfTheNetwork) {
  SmallNet net{Rng(1)};
  net.train(false);
  const auto forward = [&](const std::vector<Var>& in) {
    return std::vector<Var>{net.forward(in[0])};
  };
  EXPECT_EQ(summarize(trace(forward, {{2, 8, 8, 3}}), net).text(),
            "layer  operation         output      parameters   FLOPs\n"
            "       input             [2,8,8,3]\n"
            "stem   conv2d            [2,8,8,16]         432   111 k\n"
            "norm   batch_norm_infer  [2,8,8,16]          32\n"
            "       relu              [2,8,8,16]\n"
            "       global_mean_pool  [2,16]\n"
            "head   linear            [2,16]             272  1.02 k\n"
            "       relu              [2,16]\n"
            "head   linear            [2,16]                  1.02 k\n"
            "total                                       736   113 k\n"
            "\n"
            "weights 3.00 KiB (32 numbers of them not learned), activations 24.50 KiB\n");
}

double flops_of(const std::function<Var(const std::vector<Var>&)>& f,
                const std::vector<Shape>& shapes) {
  const auto forward = [&](const std::vector<Var>& in) { return std::vector<Var>{f(in)}; };
  return summarize(trace(forward, shapes), Module()).flops;
}

TEST(Summary, CountsTheProductsOfEveryKind) {
  const Var depthwise(Tensor({3, 3, 1, 4})), up(Tensor({2, 2, 5, 4})), matrix(Tensor({4, 6}));
  EXPECT_EQ(flops_of([&](const auto& in) { return conv2d(in[0], depthwise, Var(), {.groups = 4}); },
                     {{2, 5, 5, 4}}),
            2.0 * 2 * 3 * 3 * 9 * 4);
  EXPECT_EQ(
      flops_of([&](const auto& in) { return conv_transpose2d(in[0], up, Var(), {.stride = 2}); },
               {{2, 3, 3, 4}}),
      2.0 * 2 * 3 * 3 * 4 * 2 * 2 * 5);
  EXPECT_EQ(flops_of([&](const auto& in) { return matmul(in[0], matrix); }, {{3, 4}}),
            2.0 * 3 * 4 * 6);
  EXPECT_EQ(flops_of([&](const auto& in) { return relu(in[0]); }, {{3, 4}}), 0.0);
}

}  // namespace
}  // namespace tengen::nn
