// Oracle: a network of one linear layer and two classes, whose loss rises along the difference of
// the classes' weights, whatever the image.
#include "tools/demos/sign_attack.h"

#include <gtest/gtest.h>

#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/sequential.h"
#include "nn/optim/optimizer.h"

namespace tengen::tools {
namespace {

using nn::Tensor;

// Class 1 minus class 0 is 3 a - 2 b of the image's two pixels a and b.
class TwoPixels : public ::testing::Test {
 protected:
  TwoPixels() {
    net_.add<nn::Flatten>("flat").add<nn::Linear>("classes", 2, 2, rng_);
    net_.load_state({{"classes.weight", Tensor({2, 2}, std::vector<float>{-1, 2, 1, -1})},
                     {"classes.bias", Tensor({2})}});
    net_.train(false);
  }
  Rng rng_{1};
  nn::Sequential net_;
  // 0.75 * 3 - 0.375 * 2 = 1.5: class 1 by far; 0.5 * 3 - 0.5 * 2 = 0.5: class 1, just.
  const Tensor images_{{2, 1, 2, 1}, std::vector<float>{0.75f, 0.375f, 0.5f, 0.5f}};
  const Tensor classes_{{2}, std::vector<float>{1, 1}};
};

TEST_F(TwoPixels, SignIsThatOfTheWeights) {
  const auto sgd = nn::make_sgd(net_.parameters(), {});  // whose gradients must not notice
  EXPECT_EQ(loss_sign(net_, images_, classes_).to_vector(), (std::vector<float>{-1, 1, -1, 1}));
  for (const nn::NamedVar& parameter : net_.parameters())
    for (const float number : parameter.var.grad().to_vector()) EXPECT_EQ(number, 0);
}

TEST_F(TwoPixels, AttacksStayWithinEpsilonAndBetweenBlackAndWhite) {
  const Tensor sign = loss_sign(net_, images_, classes_);
  EXPECT_EQ(attacked(images_, sign, 0.25f).to_vector(),
            (std::vector<float>{0.5f, 0.625f, 0.25f, 0.75f}));
  EXPECT_EQ(attacked(images_, sign, 0.6f).to_vector()[1], 0.375f + 0.6f);
  EXPECT_EQ(attacked(images_, sign, 0.8f).to_vector()[3], 1.0f);
  Rng rng(2);
  const Tensor random = attacked_from_random(net_, images_, classes_, 0.25f, rng);
  const Tensor steps = attacked_by_steps(net_, images_, classes_, 0.25f, 5);
  for (int64_t i = 0; i < images_.size(); ++i) {
    EXPECT_LE(std::abs(random.data()[i] - images_.data()[i]), 0.25f);
    EXPECT_NEAR(steps.data()[i], images_.data()[i] + 0.25f * sign.data()[i], 1e-6);
  }
}

// The margin falls by 5 epsilon: 1.5 and 0.5 are gone beyond 0.3 and 0.1.
TEST_F(TwoPixels, AccuracyFallsWhereTheMarginIsUsedUp) {
  const nn::DatasetPtr data = nn::tensor_dataset({images_, classes_});
  EXPECT_EQ(accuracy_over_epsilon(net_, data, {0, 0.09f, 0.11f, 0.29f, 0.31f}),
            (std::vector<double>{1, 1, 0.5, 0.5, 0}));
  EXPECT_EQ(accuracy_after_steps(net_, data, 0.29f, 4), 0.5);
}

}  // namespace
}  // namespace tengen::tools
