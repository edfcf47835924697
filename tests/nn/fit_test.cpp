// fit(): the loop of every supervised task.
#include "nn/training/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/data/dataset.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/dropout.h"
#include "nn/layers/linear.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"
#include "nn/training/json_log.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

// y = 2 a - b, noisy; 40 rows in batches of 8: five steps an epoch.
DatasetPtr line_data() {
  Rng rng(1);
  Tensor x(Shape{40, 2}), y(Shape{40, 1});
  for (int64_t i = 0; i < 40; ++i) {
    const float a = static_cast<float>(rng.normal()), b = static_cast<float>(rng.normal());
    x.data()[2 * i] = a;
    x.data()[2 * i + 1] = b;
    y.data()[i] = 2 * a - b + 0.1f * static_cast<float>(rng.normal());
  }
  return tensor_dataset({x, y});
}

// A training with everything whose state a checkpoint must hold: momenta, running statistics,
// dropout's noise, an average of the weights.
struct Learning {
  Learning() : train(line_data(), {.batch_size = 8, .seed = 3}) {
    Rng rng(2);
    net.add<Linear>("first", 2, 8, rng)
        .add<BatchNorm>("norm", 8)
        .add<Dropout>("dropout", 0.2f, rng)
        .add<Linear>("second", 8, 1, rng);
    optimizer = make_adam(net.parameters(), {});
    validation = {{"error", "weight"}, [this] {
                    EXPECT_FALSE(net.training());
                    const double weight = net.parameters()[0].var.value().data()[0];
                    return std::vector<double>{measured.at(calls++ % measured.size()), weight};
                  }};
    options.epochs = 4;
    options.rate = cosine_rate(0.05f, 20);
    options.average_decay = 0.9f;
    options.bfloat16 = false;
  }
  Var loss(const Batch& batch) {
    EXPECT_TRUE(net.training());
    if (++batches == stop_after) stop = true;
    return mse_loss(net.forward(Var(batch.input())), batch.target());
  }
  FitResult run() {
    options.stop = &stop;
    return fit(
        net, *optimizer, train, [this](const Batch& batch) { return loss(batch); }, validation,
        options);
  }
  std::vector<float> weights() const {
    std::vector<float> all;
    for (const NamedTensor& entry : net.state())
      for (const float x : entry.tensor.to_vector()) all.push_back(x);
    return all;
  }

  Sequential net;
  Loader train;
  std::unique_ptr<Optimizer> optimizer;
  Validation validation;
  FitOptions options;
  std::vector<double> measured = {4, 3, 2, 1};
  size_t calls = 0;
  int batches = 0, stop_after = -1;
  std::atomic<bool> stop{false};
};

TEST(Fit, LearnsAndTellsEveryEpoch) {
  Learning learning;
  learning.options.epochs = 30;
  learning.options.rate = constant_rate(0.02f);
  learning.options.average_decay = 0.0f;
  learning.measured.clear();
  for (int i = 30; i > 0; --i) learning.measured.push_back(i);
  const FitResult result = learning.run();
  ASSERT_EQ(result.epochs.size(), 30u);
  EXPECT_EQ(learning.batches, 150);
  EXPECT_LT(result.epochs.back().loss, 0.8 * result.epochs.front().loss);
  EXPECT_FLOAT_EQ(result.epochs[0].rate, 0.02f);
  EXPECT_EQ(result.epochs[7].measures[0], 23);
  EXPECT_EQ(result.best, 29);
  EXPECT_GT(result.seconds, 0.0);
  EXPECT_FALSE(learning.net.training());
}

TEST(Fit, KeepsTheWeightsThatValidatedBest) {
  for (const float average : {0.0f, 0.9f}) {
    Learning learning;
    learning.options.average_decay = average;
    learning.measured = {3, 1, 2, 1};  // the first of two equal ones is kept
    const FitResult result = learning.run();
    EXPECT_EQ(result.best, 1);
    EXPECT_EQ(static_cast<float>(learning.net.parameters()[0].var.value().data()[0]),
              static_cast<float>(result.epochs[1].measures[1]));
    EXPECT_NE(result.epochs[1].measures[1], result.epochs[3].measures[1]);
  }
}

TEST(Fit, EndsWhenPatienceIsOver) {
  Learning learning;
  learning.options.epochs = 10;
  learning.options.patience = 1;
  learning.measured = {1, 2, 3, 4};
  const ScratchFolder folder;
  learning.options.checkpoint = folder.path("fit.safetensors");
  EXPECT_EQ(learning.run().epochs.size(), 3u);

  Learning again;  // what has ended stays ended
  again.options = learning.options;
  EXPECT_EQ(again.run().epochs.size(), 3u);
  EXPECT_EQ(again.batches, 0);
  EXPECT_EQ(again.weights(), learning.weights());
}

// Stopped within an epoch, after its last batch, and after the very last.
TEST(Fit, GoesOnAsIfItHadNotBeenStopped) {
  Learning whole;
  const FitResult expected = whole.run();
  for (const int stop_after : {1, 7, 10}) {
    const ScratchFolder folder;
    Learning stopped;
    stopped.options.checkpoint = folder.path("fit.safetensors");
    stopped.stop_after = stop_after;
    EXPECT_THROW(stopped.run(), FitStopped);
    EXPECT_EQ(stopped.batches, stop_after);

    Learning resumed;
    resumed.options.checkpoint = folder.path("fit.safetensors");
    resumed.calls = static_cast<size_t>(stop_after - 1) / 5;
    const FitResult result = resumed.run();
    EXPECT_EQ(resumed.batches, 20 - stop_after);
    EXPECT_EQ(resumed.weights(), whole.weights()) << stop_after;
    ASSERT_EQ(result.epochs.size(), expected.epochs.size());
    for (size_t i = 0; i < result.epochs.size(); ++i) {
      EXPECT_EQ(result.epochs[i].loss, expected.epochs[i].loss);
      EXPECT_EQ(result.epochs[i].measures, expected.epochs[i].measures);
    }
  }
}

TEST(Fit, AFinishedTrainingIsNotRepeated) {
  const ScratchFolder folder;
  Learning first;
  first.options.checkpoint = folder.path("fit.safetensors");
  first.run();
  Learning second;
  second.options.checkpoint = first.options.checkpoint;
  const FitResult result = second.run();
  EXPECT_EQ(second.batches, 0);
  EXPECT_EQ(result.epochs.size(), 4u);
  EXPECT_EQ(second.weights(), first.weights());
}

TEST(Fit, LogsLossesRatesAndMeasures) {
  const ScratchFolder folder;
  JsonLog log(folder.path("log.jsonl"));
  Learning learning;
  learning.options.log = &log;
  learning.options.log_steps = 10;
  learning.options.name = "line";
  learning.run();
  std::ifstream file(folder.path("log.jsonl"));
  std::map<std::string, int> tags;
  for (std::string line; std::getline(file, line);) {
    for (const char* tag : {"\"line/loss\"", "\"line/rate\"", "\"line/error\"", "\"line/weight\""})
      tags[tag] += line.find(tag) != std::string::npos;
  }
  EXPECT_EQ(tags["\"line/loss\""], 2);
  EXPECT_EQ(tags["\"line/rate\""], 2);
  EXPECT_EQ(tags["\"line/error\""], 4);
  EXPECT_EQ(tags["\"line/weight\""], 4);
}

TEST(Fit, ALossThatIsNoNumberNamesTheStep) {
  Learning learning;
  const auto broken = [&](const Batch& batch) {
    const float factor = ++learning.batches == 3 ? std::numeric_limits<float>::quiet_NaN() : 1.0f;
    return scale(mse_loss(learning.net.forward(Var(batch.input())), batch.target()), factor);
  };
  try {
    fit(learning.net, *learning.optimizer, learning.train, broken, learning.validation,
        learning.options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("step 2: loss term loss is nan"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace tengen::nn
