// Attention at work: in a network that learns, and in bfloat16.
#include <gtest/gtest.h>

#include <algorithm>

#include "nn/layers/embedding.h"
#include "nn/layers/group_norm.h"
#include "nn/layers/linear.h"
#include "nn/layers/multi_head_attention.h"
#include "nn/layers/residual.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"
#include "nn/precision.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

// The question of a sequence's last symbol, 6 or 7, is whether 0 or 1 stands earlier in it: what
// to look for depends on who looks.
struct Riddles {
  explicit Riddles(int64_t count) : symbols({count, kSteps}), answers({count}) {
    Rng rng(3);
    for (int64_t row = 0; row < count; ++row) {
      float* const at = symbols.data() + row * kSteps;
      for (int64_t t = 0; t + 1 < kSteps; ++t) at[t] = static_cast<float>(rng.below(6));
      const float asked = static_cast<float>(rng.below(2));
      at[kSteps - 1] = 6.0f + asked;
      answers.values()[row] = std::count(at, at + kSteps, asked) > 0 ? 1.0f : 0.0f;
    }
  }
  static constexpr int64_t kSteps = 6;
  Tensor symbols, answers;
};

TEST(Attention, ANetworkLearnsWhatToLookFor) {
  const Riddles riddles(256);
  Rng rng(1);
  Sequential net;
  net.add<Embedding>("symbols", 8, 16, rng);
  net.add<Residual>("look", [&](Sequential& f) {
    f.add<LayerNorm>("norm", 16).add<MultiHeadAttention>("heads", 16, 2, rng);
  });
  net.add([](const Var& x) { return slice(x, 1, Riddles::kSteps - 1, Riddles::kSteps); });
  net.add<Linear>("think", 16, 32, rng).add(gelu).add<Linear>("answer", 32, 2, rng);
  net.add([](const Var& x) { return reshape(x, {x.shape()[0], 2}); });
  const auto adam = make_adamw(net.parameters(), {});
  float loss = 1.0f;
  for (int step = 0; step < 150; ++step) {
    adam->zero_grad();
    const Var value = class_cross_entropy(net.forward(Var(riddles.symbols)), riddles.answers);
    backward(value);
    adam->step(1e-2f);
    loss = value.value().item();
  }
  EXPECT_LT(loss, 0.02f);
}

TEST(Attention, ProductsOfABatchObeyThePrecision) {
  const ProductPrecision bfloat16(Precision::kBfloat16);
  const Var a(Tensor({3, 33, 40}, spread_values(3 * 33 * 40, 1)));
  const Var b(Tensor({3, 40, 18}, spread_values(3 * 40 * 18, 2)));
  const std::vector<float> all = batch_matmul(a, b).value().to_vector();
  for (int64_t i = 0; i < 3; ++i) {
    const Var left = reshape(slice(a, 0, i, i + 1), {33, 40});
    const Var right = reshape(slice(b, 0, i, i + 1), {40, 18});
    const std::vector<float> one = matmul(left, right).value().to_vector();
    EXPECT_EQ(std::vector<float>(all.begin() + i * 33 * 18, all.begin() + (i + 1) * 33 * 18), one);
  }
}

}  // namespace
}  // namespace tengen::nn
