// Splits, early stopping, guards against broken numbers, progress.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <sstream>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"
#include "nn/training/early_stopping.h"
#include "nn/training/finite.h"
#include "nn/training/progress.h"
#include "nn/training/split.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

using Floats = std::vector<float>;

TEST(Split, EveryRowIsInOnePart) {
  const Split split = split_rows(101, {.validation = 0.2, .test = 0.1}, 7);
  EXPECT_EQ(split.test.size(), 10u);
  EXPECT_EQ(split.validation.size(), 20u);
  std::set<int64_t> all(split.train.begin(), split.train.end());
  all.insert(split.validation.begin(), split.validation.end());
  all.insert(split.test.begin(), split.test.end());
  EXPECT_EQ(all.size(), 101u);
  EXPECT_EQ(*all.rbegin(), 100);
  EXPECT_EQ(split.train.size(), 71u);

  EXPECT_EQ(split_rows(101, {.validation = 0.2, .test = 0.1}, 7).test, split.test);
  EXPECT_NE(split_rows(101, {.validation = 0.2, .test = 0.1}, 8).test, split.test);
  EXPECT_THROW(split_rows(5, {.validation = 0.6, .test = 0.5}, 1), CheckFailure);
}

TEST(Split, StratifiedKeepsTheProportions) {
  std::vector<int64_t> classes;  // 80 of class 3, 20 of class -1
  for (int i = 0; i < 100; ++i) classes.push_back(i % 5 == 0 ? -1 : 3);
  const Split split = split_stratified(classes, {.validation = 0.25, .test = 0.1}, 1);
  const auto rare = [&](const std::vector<int64_t>& rows) {
    return std::count_if(rows.begin(), rows.end(), [&](int64_t row) { return classes[row] == -1; });
  };
  EXPECT_EQ(rare(split.test), 2);
  EXPECT_EQ(split.test.size(), 10u);
  EXPECT_EQ(rare(split.validation), 5);
  EXPECT_EQ(split.validation.size(), 25u);
  EXPECT_EQ(rare(split.train), 13);
}

TEST(EarlyStopping, StopsAfterPatienceAndRestoresTheBest) {
  Rng rng(1);
  Linear layer(1, 1, rng);
  Tensor weight = layer.state()[0].tensor;
  EarlyStopping stopping(layer, {.patience = 1, .least_improvement = 0.1f});
  const auto update = [&](float weight_now, float measure) {
    weight.fill(weight_now);
    return stopping.update(measure);
  };
  EXPECT_FALSE(update(1.0f, 5.0f));
  EXPECT_FALSE(update(2.0f, 4.0f));
  EXPECT_TRUE(stopping.improved());
  EXPECT_FALSE(update(3.0f, 3.95f));  // too little
  EXPECT_FALSE(stopping.improved());

  Linear other(1, 1, rng);
  EarlyStopping resumed(other, {.patience = 1});
  resumed.load_state(stopping.state());
  EXPECT_TRUE(resumed.update(4.0f));

  EXPECT_TRUE(update(4.0f, NAN));
  EXPECT_EQ(stopping.best(), 4.0f);
  stopping.restore();
  EXPECT_EQ(weight.item(), 2.0f);
  resumed.restore();
  EXPECT_EQ(other.state()[0].tensor.item(), 2.0f);
}

TEST(Finite, LossesAreNamedWithStepTermAndParameter) {
  Rng rng(1);
  Linear layer(2, 1, rng);
  const Var fine(Tensor({1}, Floats{1})), broken(Tensor({1}, Floats{NAN}));
  EXPECT_EQ(error_of([&] { check_losses(3, {{"policy", fine}}, layer); }), "");
  const std::string by_itself = error_of([&] {
    check_losses(12, {{"policy", fine}, {"value", broken}}, layer);
  });
  EXPECT_NE(by_itself.find("step 12: loss term value is nan (all parameters are still finite)"),
            std::string::npos)
      << by_itself;
  EXPECT_NE(by_itself.find("lower the learning rate"), std::string::npos);

  layer.state()[1].tensor.fill(-std::numeric_limits<float>::infinity());
  const std::string by_weights = error_of([&] { check_losses(13, {{"value", broken}}, layer); });
  EXPECT_NE(by_weights.find("parameter bias holds minus infinite"), std::string::npos)
      << by_weights;
}

TEST(Finite, GradientsAreNamed) {
  Rng rng(1);
  Linear layer(2, 1, rng);
  check_gradients(1, layer);
  backward(sum(layer.forward(Var(Tensor({1, 2}, Floats{INFINITY, 1})))));
  EXPECT_NE(error_of([&] { check_gradients(4, layer); }).find("step 4: the gradient of weight"),
            std::string::npos);
}

TEST(Progress, ABarWithRateTimeAndLoss) {
  std::ostringstream out;
  double now = 100.0;
  Progress progress(
      "epoch 3", 400,
      {.out = &out, .terminal = true, .live_period_s = 1.0, .bar_width = 8, .seconds = [&] {
         return now;
       }});
  for (int i = 0; i < 100; ++i) {
    now += 0.5;
    progress.step(i == 98 ? 1.0 : 3.0);
  }
  EXPECT_EQ(progress.text(), "epoch 3 [##......] 25 % 100/400 2.0/s 0:02:30 left, loss 2.0000");
  EXPECT_NE(out.str().find("\repoch 3 [##......] 25 %"), std::string::npos);
  EXPECT_EQ(out.str().find('\n'), std::string::npos);
  progress.finish();
  EXPECT_NE(out.str().find("\repoch 3: 100 steps in 0:00:50, 2.0/s, loss 2.0000\n"),
            std::string::npos)
      << out.str();
}

TEST(Progress, PlainLinesAreFewWhereThereIsNoTerminal) {
  std::ostringstream out;
  double now = 0.0;
  Progress progress(
      "test", 100,
      {.out = &out, .terminal = false, .line_period_s = 30.0, .seconds = [&] { return now; }});
  for (int i = 0; i < 100; ++i) {
    now += 1.0;
    progress.step();
  }
  progress.finish();
  EXPECT_EQ(out.str(),
            "test 30 % 30/100 1.0/s 0:01:10 left\ntest 60 % 60/100 1.0/s 0:00:40 left\n"
            "test 90 % 90/100 1.0/s 0:00:10 left\ntest: 100 steps in 0:01:40, 1.0/s\n");
}

TEST(StatusLine, ShorterTextLeavesNothingBehind) {
  std::ostringstream out;
  StatusLine line(out, true);
  line.live("12345");
  line.live("123");
  line.line("done");
  line.line("again");
  EXPECT_EQ(out.str(), "\r12345\r123  \r   \rdone\nagain\n");
}

}  // namespace
}  // namespace tengen::nn
