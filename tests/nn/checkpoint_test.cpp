// A training that is stopped and resumed is the training that was not.
#include "nn/training/checkpoint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "nn/base/check.h"
#include "nn/data/loader.h"
#include "nn/io/safetensors.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"
#include "nn/optim/schedule.h"
#include "nn/optim/weight_average.h"
#include "nn/training/early_stopping.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

class Net : public Module {
 public:
  explicit Net(Rng rng, int64_t hidden = 8)
      : first_(4, hidden, rng), norm_(hidden), second_(hidden, 1, rng) {
    add_child("first", first_);
    add_child("norm", norm_);
    add_child("second", second_);
  }
  Var forward(const Var& x) { return second_.forward(tanh(norm_.forward(first_.forward(x)))); }

 private:
  Linear first_;
  BatchNorm norm_;
  Linear second_;
};

// A training with everything in it; data and noise come from one generator.
struct Learning {
  explicit Learning(uint64_t seed, int64_t hidden = 8)
      : net(Rng(seed), hidden), stopping(net, {.patience = 3}), average(net) {
    optimizer = make_adamw(net.parameters(), {});
    checkpoint.add("net", net).add("optimizer", *optimizer).add("average", average);
    checkpoint.add("plateau", plateau).add("stopping", stopping);
    checkpoint.add("step", step).add("noise", noise);
  }
  void train(int steps) {
    const Schedule rate = with_warmup(cosine_rate(0.01f, 100), 5);
    for (int i = 0; i < steps; ++i, ++step) {
      Tensor x(Shape{6, 4}), y(Shape{6, 1});
      for (float& value : x.values()) value = static_cast<float>(noise.normal());
      for (int64_t row = 0; row < 6; ++row) y.values()[row] = x.values()[4 * row];
      optimizer->zero_grad();
      const Var loss = mse_loss(net.forward(Var(x)), y);
      backward(loss);
      optimizer->step(rate(step) * plateau.factor());
      average.update();
      plateau.update(loss.value().item());
      stopping.update(loss.value().item());
    }
  }

  Net net;
  EarlyStopping stopping;
  std::unique_ptr<Optimizer> optimizer;
  WeightAverage average;
  Plateau plateau{{.factor = 0.5f, .patience = 2}};
  int64_t step = 0;
  Rng noise{99, 3};
  Checkpoint checkpoint;
};

std::vector<float> everything(const Learning& run) {
  std::vector<float> all;
  const auto add = [&](const std::vector<NamedTensor>& entries) {
    for (const NamedTensor& entry : entries)
      for (const float value : entry.tensor.to_vector()) all.push_back(value);
  };
  add(run.net.state());
  add(run.optimizer->state());
  add(run.average.state());
  add(run.plateau.state());
  add(run.stopping.state());
  return all;
}

class CheckpointTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  const std::string path_ = testing::TempDir() + "tengen_checkpoint_test.safetensors";
};

TEST_F(CheckpointTest, ResumesBitExactly) {
  Learning whole(1);
  whole.train(12);
  whole.checkpoint.save(path_);
  Learning resumed(2);  // other first weights, which the checkpoint replaces
  resumed.checkpoint.load(path_);
  EXPECT_EQ(resumed.step, 12);
  EXPECT_EQ(everything(resumed), everything(whole));
  whole.train(9);
  resumed.train(9);
  EXPECT_EQ(everything(resumed), everything(whole));

  resumed.checkpoint.load(path_);  // going back works too
  resumed.train(9);
  EXPECT_EQ(everything(resumed), everything(whole));
}

std::string load_error(Learning& run, const std::string& path) {
  try {
    run.checkpoint.load(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(CheckpointTest, ErrorsNameFileAndEntryAndChangeNothing) {
  Learning small(1), large(1, 9);
  small.train(3);
  small.checkpoint.save(path_);
  const std::vector<float> before = everything(large);
  const std::string misshapen = load_error(large, path_);
  EXPECT_NE(misshapen.find(path_), std::string::npos) << misshapen;
  EXPECT_NE(misshapen.find("net.first.weight has shape [4,8] where [4,9]"), std::string::npos)
      << misshapen;
  EXPECT_EQ(everything(large), before);

  SafeTensors content = load_safetensors(path_);
  content.metadata["number.step"] = "12 monkeys";
  save_safetensors(path_, content);
  EXPECT_NE(load_error(small, path_).find("number step is \"12 monkeys\""), std::string::npos);
  content.metadata.erase("number.step");
  save_safetensors(path_, content);
  EXPECT_NE(load_error(small, path_).find("number step is missing"), std::string::npos);
  EXPECT_NE(load_error(small, path_ + ".not").find(".not"), std::string::npos);
}

// Two epochs of four batches in random order, stopped in the middle of the second.
TEST_F(CheckpointTest, TheLoaderGoesOnWithTheNextBatch) {
  const Tensor rows({8, 1}, spread_values(8, 1));
  const Loader loader(tensor_dataset({rows}), {.batch_size = 2, .seed = 5});
  LoaderPosition position;
  Checkpoint checkpoint;
  checkpoint.add("data", position);
  std::vector<float> rest;
  for (int64_t epoch = 0; epoch < 2; ++epoch)
    for (const Batch& batch : loader.epoch(epoch)) {
      if (position == LoaderPosition{1, 2}) {
        checkpoint.save(path_);
        rest.clear();
      }
      for (const float value : batch.input().to_vector()) rest.push_back(value);
      position = batch.next;
    }
  checkpoint.load(path_);
  EXPECT_EQ(position, (LoaderPosition{1, 2}));
  std::vector<float> resumed;
  for (const Batch& batch : loader.resume(position))
    for (const float value : batch.input().to_vector()) resumed.push_back(value);
  EXPECT_EQ(resumed, rest);
  EXPECT_EQ(resumed.size(), 4u);
}

TEST_F(CheckpointTest, NamesAreUsedOnce) {
  Checkpoint checkpoint;
  int64_t number = 0;
  checkpoint.add("step", number);
  EXPECT_THROW(checkpoint.add("step", number), CheckFailure);
  EXPECT_THROW(checkpoint.add("a.b", number), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
