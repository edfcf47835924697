// Batches of any size on a GPU, several under way, with new weights between.
#include <cmath>
#include <memory>

#include "agents/net_evaluator.h"
#include "nn/cuda/cuda_runner.h"
#include "nn/infer/deal.h"
#include "nn/infer/device_runner.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/gpu_batches.h"

namespace tengen::nn {
namespace {

constexpr float kExact = 1e-4f;  // of logits of a few units, in float32

using GpuRunner = OnGpu<>;

CudaRunnerOptions exact(int64_t most_rows) {
  return {.precision = PlanPrecision::kFloat32, .most_rows = most_rows};
}

TEST_F(GpuRunner, BatchesOfAnySizeAreTheRowsOneByOne) {
  const BatchGraph network = small_network(2);
  CudaRunner runner(0, network, exact(16));
  EXPECT_EQ(runner.preferred_rows(), 16);
  for (const int64_t count : {1, 7, 8, 9, 16, 37}) {  // the last in three pieces
    GoRows rows(count);
    runner.start(rows.job())->wait();
    rows.expect_from(network, kExact);
  }
  GoRows none(0);
  runner.start(none.job())->wait();
}

// Roundings of 2^-11 a layer, of numbers that reach a dozen.
TEST_F(GpuRunner, HalfPrecisionIsNear) {
  const BatchGraph network = small_network(2);
  CudaRunner runner(0, network, {.most_rows = 8});
  EXPECT_EQ(runner.precision(), PlanPrecision::kFloat16);
  GoRows rows(8);
  runner.start(rows.job())->wait();
  rows.expect_from(network, 0.05f);
}

TEST_F(GpuRunner, RowsThatCannotBePackedAreRightToo) {
  const BatchGraph network = small_network(2);
  CudaRunner runner(0, network, exact(8));
  for (int turn = 0; turn < 2; ++turn) {
    GoRows rows(6);
    for (float& x : rows.rows[4].planes)
      x += 0.25f * static_cast<float>(&x - &rows.rows[4].planes[0]) / 100.0f;
    runner.start(rows.job())->wait();
    rows.expect_from(network, kExact);
    GoRows packed(7);
    runner.start(packed.job())->wait();
    packed.expect_from(network, kExact);
  }
}

TEST_F(GpuRunner, SeveralBatchesAreUnderWayAndNewWeightsComeBetween) {
  const BatchGraph before = small_network(2), after = small_network(3);
  CudaRunner runner(0, before, exact(8));
  GoRows first(8, 1), second(3, 2), third(8, 3), dropped(4, 4);
  const auto one = runner.start(first.job());
  const auto two = runner.start(second.job());
  runner.replace(after);
  const auto three = runner.start(third.job());
  runner.start(dropped.job()).reset();
  three->wait();
  two->wait();
  one->wait();
  first.expect_from(before, kExact);
  second.expect_from(before, kExact);
  third.expect_from(after, kExact);
  for (const GoRows::Row& row : dropped.rows) EXPECT_EQ(row.finished, 0);
  runner.replace(before);
  GoRows fourth(5, 5);
  runner.start(fourth.job())->wait();
  fourth.expect_from(before, kExact);
}

TEST_F(GpuRunner, SpeaksOfLegalMovesWhereItIsAsked) {
  const BatchGraph network = small_network(2);
  CudaRunnerOptions options = exact(8);
  options.legal_output = 0;
  CudaRunner runner(0, network, options);
  GoRows rows(5), plain(5);
  for (GoRows::Row& row : rows.rows) row.legal = {0x2aaaaaau};  // the odd ones of 26
  runner.start(rows.job())->wait();
  BatchEvaluator cpu(std::make_shared<const Plan>(network.of(1)));
  cpu.start(plain.job())->wait();
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    double sum = 0.0;
    for (size_t a = 1; a < 26; a += 2) sum += std::exp(double{plain.rows[i].policy[a]});
    for (size_t a = 0; a < 26; ++a) {
      if (a % 2 == 0)
        EXPECT_EQ(rows.rows[i].policy[a], -INFINITY);
      else
        EXPECT_NEAR(rows.rows[i].policy[a], plain.rows[i].policy[a] - std::log(sum), kExact);
    }
    EXPECT_NEAR(rows.rows[i].value, plain.rows[i].value, kExact);
  }
}

// The GPU and the CPU side by side, as two GPUs would be.
TEST_F(GpuRunner, BatchesAreDealtOverDevices) {
  const BatchGraph network = small_network(2);
  Device* const devices[] = {&cuda_device(0), &cpu_device()};
  EXPECT_FALSE(all_on_cpu(devices));
  const auto runner =
      make_device_runner(devices, network, {.precision = PlanPrecision::kFloat32, .most_rows = 8});
  EXPECT_GT(runner->preferred_rows(), 8);
  GoRows rows(21);
  runner->start(rows.job())->wait();
  rows.expect_from(network, kExact);
}

TEST_F(GpuRunner, TheSearchsEvaluatorIsTheCpus) {
  const auto start = envs::new_game("go:size=5");
  const auto net = agents::opinionated_net(start->spec(), 2);
  const auto next = agents::opinionated_net(start->spec(), 3);
  agents::NetEvaluator cpu(*net, start->spec(), agents::Symmetry::kHashed);
  agents::NetEvaluator gpu(
      *net, start->spec(),
      {.devices = {&cuda_device(0)}, .precision = PlanPrecision::kFloat32, .most_rows = 16});
  EXPECT_EQ(gpu.precision(), PlanPrecision::kFloat32);
  EXPECT_EQ(gpu.preferred_rows(), 16);
  for (int turn = 0; turn < 2; ++turn) {
    search::EvalBatch a(*start, 3), b(*start, 3), expected(*start, 3);
    for (int i = 0; i < 3; ++i)
      for (search::EvalBatch* batch : {&a, &b, &expected})
        batch->row(i).state->copy_from(*agents::random_position("go:size=5", 4 * i, 7));
    gpu.submit(a, 3);
    gpu.submit(b, 2);
    cpu.submit(expected, 3);
    cpu.wait(expected);
    gpu.wait(a);
    gpu.wait(b);
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(a.row(i).value, expected.row(i).value, kExact);
      EXPECT_NEAR(a.row(i).score, expected.row(i).score, 10 * kExact);
      for (size_t k = 0; k < a.row(i).logits.size(); ++k)
        EXPECT_NEAR(a.row(i).logits[k], expected.row(i).logits[k], kExact);
    }
    EXPECT_EQ(a.row(1).logits, b.row(1).logits);
    gpu.replace(*next);
    cpu.replace(*next);
  }
}

}  // namespace
}  // namespace tengen::nn
