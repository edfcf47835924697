// Whoever runs batches: the CPU's workers, and batches dealt over several.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "nn/base/check.h"
#include "nn/infer/batch_evaluator.h"
#include "nn/infer/batch_graph.h"
#include "nn/infer/deal.h"
#include "nn/layers/linear.h"
#include "nn/layers/recurrent.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

BatchGraph scaling(float factor) {
  return BatchGraph([&](int64_t rows) {
    return trace([&](const auto& in) { return std::vector{scale(in[0], factor)}; }, {{rows, 4}});
  });
}

std::unique_ptr<BatchRunner> on_cpu(const BatchGraph& network) {
  return std::make_unique<BatchEvaluator>(std::make_shared<const Plan>(network.of(1)));
}

// Rows 0, 1, 2, ... and what became of them.
struct Rows {
  explicit Rows(int64_t count)
      : in(static_cast<size_t>(count), std::vector<float>(4)), out(in), finished(in.size()) {
    for (size_t i = 0; i < in.size(); ++i) in[i][0] = static_cast<float>(i);
  }
  BatchJob job() {
    return {static_cast<int64_t>(in.size()),
            [this](int64_t i) {
              const auto at = static_cast<size_t>(i);
              return BatchRow{{in[at].data()}, {out[at].data()}};
            },
            [this](int64_t i) { ++finished[static_cast<size_t>(i)]; }};
  }
  void expect_scaled(float factor) const {
    for (size_t i = 0; i < in.size(); ++i) EXPECT_EQ(out[i][0], factor * in[i][0]);
    EXPECT_EQ(finished, std::vector<int>(in.size(), 1));
  }

  std::vector<std::vector<float>> in, out;
  std::vector<int> finished;
};

// Computes nothing before somebody waits, as a device does; knows how many rows it got.
class Late : public BatchRunner {
 public:
  Late(std::unique_ptr<BatchRunner> inner, int64_t preferred)
      : inner_(std::move(inner)), preferred_(preferred) {}

  std::unique_ptr<UnderWay> start(BatchJob job) override {
    class Waiting : public UnderWay {
     public:
      Waiting(BatchRunner& inner, BatchJob job) : inner_(inner), job_(std::move(job)) {}
      void wait() override { inner_.start(std::move(job_))->wait(); }

     private:
      BatchRunner& inner_;
      BatchJob job_;
    };
    rows.push_back(job.rows);
    return std::make_unique<Waiting>(*inner_, std::move(job));
  }
  void replace(const BatchGraph& network) override { inner_->replace(network); }
  int64_t preferred_rows() const override { return preferred_; }
  PlanPrecision precision() const override { return inner_->precision(); }

  std::vector<int64_t> rows;

 private:
  std::unique_ptr<BatchRunner> inner_;
  const int64_t preferred_;
};

TEST(BatchRunner, TheCpuRunsRowsAndTakesNewWeights) {
  const std::unique_ptr<BatchRunner> runner = on_cpu(scaling(2.0f));
  Rows first(37), second(3);
  runner->start(first.job())->wait();
  first.expect_scaled(2.0f);
  runner->replace(scaling(3.0f));
  runner->start(second.job())->wait();
  second.expect_scaled(3.0f);
}

TEST(BatchRunner, BatchesAreDealtByWhatEachPrefers) {
  auto one = std::make_unique<Late>(on_cpu(scaling(2.0f)), 10);
  auto two = std::make_unique<Late>(on_cpu(scaling(2.0f)), 30);
  const Late &first = *one, &second = *two;
  std::vector<std::unique_ptr<BatchRunner>> both;
  both.push_back(std::move(one));
  both.push_back(std::move(two));
  DealtRunner dealt(std::move(both));
  EXPECT_EQ(dealt.preferred_rows(), 40);

  Rows many(40), single(1);
  const auto first_batch = dealt.start(many.job());
  const auto second_batch = dealt.start(single.job());
  second_batch->wait();
  first_batch->wait();
  many.expect_scaled(2.0f);
  single.expect_scaled(2.0f);
  EXPECT_EQ(first.rows, (std::vector<int64_t>{10, 1}));
  EXPECT_EQ(second.rows, (std::vector<int64_t>{30}));

  dealt.replace(scaling(5.0f));
  Rows third(7);
  dealt.start(third.job())->wait();
  third.expect_scaled(5.0f);
}

TEST(BatchGraph, GrowsAsATraceOfSoManyRows) {
  Rng rng(1);
  Linear linear(6, 5, rng);
  Lstm lstm(5, 4, rng);
  lstm.train(false);
  const auto network = [&](const std::vector<Var>& in) {
    const int64_t rows = in[0].shape()[0];
    const Var sequence = reshape(in[0], {rows, 3, 6});
    const Var y = lstm.forward(linear.forward(sequence));
    return std::vector{slice(reshape(y, {rows, 12}), 1, 2, 9)};
  };
  const BatchGraph batches([&](int64_t rows) { return trace(network, {{rows, 18}}); });
  for (const int64_t rows : {1, 2, 9}) {
    const Graph grown = batches.of(rows), traced = trace(network, {{rows, 18}});
    ASSERT_EQ(grown.nodes.size(), traced.nodes.size());
    for (size_t i = 0; i < grown.nodes.size(); ++i) {
      EXPECT_EQ(grown.nodes[i].shape, traced.nodes[i].shape) << traced.nodes[i].op;
      EXPECT_EQ(grown.nodes[i].attributes, traced.nodes[i].attributes) << traced.nodes[i].op;
      ASSERT_EQ(grown.nodes[i].op == "constant", traced.nodes[i].value.defined());
      if (!traced.nodes[i].value.defined()) continue;
      EXPECT_EQ(grown.nodes[i].value.shape(), traced.nodes[i].value.shape());
      EXPECT_EQ(grown.nodes[i].value.to_vector(), traced.nodes[i].value.to_vector());
    }
  }
}

TEST(BatchGraph, LaterTrainingDoesNotReachIt) {
  Var weight(Tensor({2, 1}, std::vector<float>{1, 2}));
  const BatchGraph batches([&](int64_t rows) {
    return trace([&](const auto& in) { return std::vector{linear(in[0], weight, Var())}; },
                 {{rows, 2}});
  });
  weight.value().fill(0.0f);
  const Plan plan(batches.of(3));
  const std::vector<float> x{3, 4, 0, 1, 1, 0};
  std::vector<float> y(3);
  const float* in = x.data();
  float* out = y.data();
  plan.run({&in, 1}, {&out, 1}, *plan.make_workspace());
  EXPECT_EQ(y, (std::vector<float>{11, 2, 1}));
}

TEST(BatchGraph, NetworksThatAreOthersForOtherRowsAreRefused) {
  EXPECT_THROW(
      BatchGraph([](int64_t rows) {
        return trace(
            [&](const auto& in) { return std::vector{rows == 1 ? relu(in[0]) : tanh(in[0])}; },
            {{rows, 4}});
      }),
      CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
