// Losses beside their cases: edges and errors.
#include <gtest/gtest.h>

#include <cmath>

#include "nn/base/check.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

using Floats = std::vector<float>;

Var row(Floats values) {
  const auto n = static_cast<int64_t>(values.size());
  return Var(Tensor({1, n}, values), true);
}

TEST(Loss, ClassesAreTheirOneHotDistributions) {
  const Var a = row({1, 2, 4}), b = row({1, 2, 4});
  const Var by_class = class_cross_entropy(a, Tensor({1}, Floats{2}));
  const Var by_distribution = cross_entropy(b, Tensor({1, 3}, Floats{0, 0, 1}));
  EXPECT_EQ(by_class.value().item(), by_distribution.value().item());
  backward(by_class);
  backward(by_distribution);
  EXPECT_EQ(a.grad().to_vector(), b.grad().to_vector());
}

// Four equal logits: every smoothing costs log 4.
TEST(Loss, SmoothingOfAnEvenGuessCostsNothing) {
  const float loss =
      class_cross_entropy(row({3, 3, 3, 3}), Tensor({1}, Floats{1}), {.label_smoothing = 0.3f})
          .value()
          .item();
  EXPECT_NEAR(loss, std::log(4.0), 1e-6);
}

TEST(Loss, ADistributionDivergesFromItselfByNothing) {
  const Tensor p({1, 3}, Floats{0.5f, 0.5f, 0.0f});
  const Var log_q = row({std::log(0.5f), std::log(0.5f), -50.0f});
  EXPECT_NEAR(kl_divergence(log_q, p).value().item(), 0.0, 1e-6);
}

TEST(Loss, CertainProbabilitiesStayFinite) {
  const Var p = row({0, 1, 0, 1});
  const Var loss = binary_cross_entropy(p, Tensor({1, 4}, Floats{0, 1, 1, 0}));
  EXPECT_NEAR(loss.value().item(), -std::log(1e-12) / 2.0, 1e-3);
  backward(loss);
  for (const float slope : p.grad().to_vector()) EXPECT_TRUE(std::isfinite(slope));
}

TEST(Loss, AClassOutOfRangeIsNamedWithItsRow) {
  const Var logits(Tensor(Shape{3, 10}), true);
  for (const float wrong : {10.0f, -1.0f, 2.5f, NAN}) {
    const Tensor classes({3}, Floats{0, 9, wrong});
    for (const auto& loss : {+[](const Var&x, const Tensor&c) { return class_cross_entropy(x, c); },
                             +[](const Var&x, const Tensor&c) { return nll_loss(x, c); },
                             +[](const Var&x, const Tensor&c) { return class_hinge_loss(x, c); }})
      try {
        loss(logits, classes);
        ADD_FAILURE() << wrong;
      } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("row 2"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("below 10"), std::string::npos) << error.what();
      }
  }
  EXPECT_THROW(nll_loss(logits, Tensor(Shape{2})), CheckFailure);
  EXPECT_THROW(class_cross_entropy(logits, Tensor(Shape{3}), {.label_smoothing = 1.0f}),
               CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
