// Whole trainings on a GPU: they learn what they learn on the CPU, and give the network back.
#include "agents/net_evaluator.h"
#include "envs/games.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/linear.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"
#include "nn/training/fit.h"
#include "search/drive.h"
#include "selfplay/loop.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/tiny_run.h"
#include "tests/nn/scratch_folder.h"

namespace tengen {
namespace {

using Learning = nn::OnGpu<>;

nn::DatasetPtr line_data() {
  Rng rng(1);
  nn::Tensor x({40, 2}), y({40, 1});
  for (int64_t i = 0; i < 40; ++i) {
    const auto a = static_cast<float>(rng.normal()), b = static_cast<float>(rng.normal());
    x.data()[2 * i] = a;
    x.data()[2 * i + 1] = b;
    y.data()[i] = 2 * a - b;
  }
  return nn::tensor_dataset({x, y});
}

// The losses of the epochs, and what the network says in the end.
struct Learned {
  std::vector<double> losses, seen_by_validation;
  std::vector<float> answers;
};

Learned learned_on(nn::Device& device) {
  Rng rng(2);
  nn::Sequential net;
  net.add<nn::Linear>("first", 2, 8, rng).add<nn::BatchNorm>("norm", 8).add(nn::relu);
  net.add<nn::Linear>("second", 8, 1, rng);
  net.to(device);
  const auto sgd = nn::make_sgd(net.parameters(), {.weight_decay = 0.0f});
  const nn::Loader train(line_data(), {.batch_size = 8, .seed = 3});
  const nn::BatchLoss loss = [&](const nn::Batch& batch) {
    return nn::mse_loss(net.forward(nn::Var(batch.input())), batch.target(), {});
  };
  // Written for host memory, as every validation may be.
  const nn::Validation validation{
      {"weight"}, [&] { return std::vector<double>{net.parameters()[0].var.value().values()[0]}; }};
  nn::FitOptions options{.epochs = 4, .bfloat16 = false, .average_decay = 0.9f};
  options.rate = nn::constant_rate(0.01f);
  const nn::FitResult result = fit(net, *sgd, train, loss, validation, options);

  Learned learned;
  for (const nn::FitEpoch& epoch : result.epochs) {
    learned.losses.push_back(epoch.loss);
    learned.seen_by_validation.push_back(epoch.measures[0]);
  }
  EXPECT_EQ(&net.parameters()[0].var.value().device(), &nn::cpu_device());
  EXPECT_EQ(&net.buffers()[0].tensor.device(), &nn::cpu_device());
  const nn::NoGrad no_grad;
  learned.answers = net.forward(nn::Var(nn::Tensor({3, 2}))).value().to_vector();
  return learned;
}

TEST_F(Learning, FitOnAGpuIsFitOnTheCpu) {
  const Learned gpu = learned_on(nn::device_under_test()), cpu = learned_on(nn::cpu_device());
  ASSERT_EQ(gpu.losses.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(gpu.losses[i], cpu.losses[i], 1e-3 * cpu.losses[i]);
    EXPECT_NEAR(gpu.seen_by_validation[i], cpu.seen_by_validation[i], 1e-3);
  }
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(gpu.answers[i], cpu.answers[i], 2e-3);
  EXPECT_LT(gpu.losses[3], gpu.losses[0]);
}

TEST_F(Learning, TheSearchKeepsTwoBatchesUnderWayAndCountsEveryVisit) {
  const auto start = envs::new_game("tictactoe");
  agents::PolicyValueConfig config;
  config.blocks = 1;
  config.channels = 8;
  config.pool_every = 0;
  config.head_channels = 4;
  agents::PolicyValueNet net(agents::config_for(start->spec(), config), 1);
  agents::NetEvaluator judge(net, start->spec(),
                             {.devices = {&nn::device_under_test()}, .most_rows = 8});
  agents::CachedEvaluator cached(judge, *start, 1);
  EXPECT_EQ(judge.preferred_rows(), 8);
  for (search::Evaluator* evaluator :
       {static_cast<search::Evaluator*>(&judge), static_cast<search::Evaluator*>(&cached)}) {
    EXPECT_EQ(evaluator->batches_under_way(), 2);
    search::Search tree(*start, {}, 1);
    search::drive(tree, *evaluator, {.visits = 300}, {.stop_when_decided = false});
    EXPECT_EQ(tree.visits(), 300);
  }
}

TEST_F(Learning, SelfPlayAndTrainingGoOnBesideEachOtherAndLaterOn) {
  const nn::ScratchFolder folder;
  std::atomic<bool> stop{false};
  int64_t games = 0;
  for (int part = 0; part < 2; ++part) {
    selfplay::Loop loop(folder.path("run"), "tictactoe", selfplay::kTinyRun, true,
                        nn::device_under_test());
    EXPECT_EQ(loop.games(), games);
    loop.run(stop, 0.02);
    EXPECT_GT(loop.games(), games);
    games = loop.games();
  }
  EXPECT_TRUE(std::filesystem::exists(folder.path("run/nets/latest.safetensors")));
}

}  // namespace
}  // namespace tengen
