// Sequences in a plan: stacks of recurrent layers over any number of rows and steps, with states
// that come and go, and symbols that are looked up.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "nn/base/check.h"
#include "nn/infer/plan.h"
#include "nn/layers/embedding.h"
#include "nn/layers/recurrent.h"
#include "tests/nn/traced_cases.h"

namespace tengen::nn {
namespace {

std::vector<std::vector<float>> run(const Plan& plan, const std::vector<Tensor>& inputs) {
  std::vector<std::vector<float>> outputs;
  for (const Shape& shape : plan.output_shapes()) outputs.emplace_back(shape.size(), -77.0f);
  std::vector<const float*> in;
  std::vector<float*> out;
  for (const Tensor& input : inputs) in.push_back(input.data());
  for (auto& output : outputs) out.push_back(output.data());
  plan.run(in, out, *plan.make_workspace());
  return outputs;
}

void expect_plan_equals(const Forward& network, const std::vector<Shape>& shapes) {
  const Plan plan(trace(network, shapes));
  const std::vector<Tensor> inputs = inputs_of(shapes);
  const auto got = run(plan, inputs);
  const NoGrad no_grad;
  const std::vector<Var> expected = network({inputs.begin(), inputs.end()});
  ASSERT_EQ(got.size(), expected.size());
  for (size_t k = 0; k < got.size(); ++k) {
    const std::vector<float> want = expected[k].value().to_vector();
    ASSERT_EQ(got[k].size(), want.size());
    for (size_t i = 0; i < want.size(); ++i)
      ASSERT_NEAR(got[k][i], want[i], 1e-5f) << "output " << k << " at " << i;
  }
}

// y and every last state, from a state of zeros.
Forward with_states(RecurrentLayer& layer) {
  return [&](const std::vector<Var>& in) {
    const auto sequence = layer.forward(in[0], {});
    std::vector<Var> all{sequence.y};
    for (const RecurrentState& state : sequence.last)
      for (const Var* var : {&state.h, &state.c})
        if (var->defined()) all.push_back(*var);
    return all;
  };
}

template <class L>
void expect_stacks(const RecurrentLayerOptions& options) {
  Rng rng(3);
  L layer(5, 19, rng, options);
  layer.train(false);
  for (const Shape& x : {Shape{1, 1, 5}, {1, 70, 5}, {3, 7, 5}, {16, 5, 5}, {41, 3, 5}}) {
    SCOPED_TRACE(x.text());
    expect_plan_equals(with_states(layer), {x});
  }
}

TEST(PlanSequences, StacksInBothDirectionsEqualTheLayers) {
  for (const bool bidirectional : {false, true}) {
    const RecurrentLayerOptions options{.layers = 2, .bidirectional = bidirectional};
    expect_stacks<Rnn>(options);
    expect_stacks<Lstm>(options);
    expect_stacks<Gru>(options);
  }
}

// As text is sampled: one element a run, the states of the run before as inputs. What is left is
// what the whole sequence at once leaves.
TEST(PlanSequences, StepByStepIsTheWholeSequence) {
  constexpr int64_t kSteps = 6, kRows = 2, kIn = 3, kHidden = 4;
  Rng rng(8);
  Lstm layer(kIn, kHidden, rng);
  layer.train(false);
  const Plan plan(trace(
      [&](const std::vector<Var>& in) {
        const auto one = layer.forward(in[0], {{in[1], in[2]}});
        return std::vector<Var>{one.y, one.last[0].h, one.last[0].c};
      },
      {{kRows, 1, kIn}, {kRows, kHidden}, {kRows, kHidden}}));
  const Tensor x = inputs_of({{kRows, kSteps, kIn}})[0];
  std::vector<Tensor> in{Tensor({kRows, 1, kIn}), Tensor({kRows, kHidden}),
                         Tensor({kRows, kHidden})};
  const NoGrad no_grad;
  const std::vector<float> y = layer.forward(Var(x)).value().to_vector();
  for (int64_t step = 0; step < kSteps; ++step) {
    for (int64_t row = 0; row < kRows; ++row)
      std::copy_n(x.data() + (row * kSteps + step) * kIn, kIn, in[0].data() + row * kIn);
    const auto out = run(plan, in);
    for (int64_t row = 0; row < kRows; ++row)
      for (int64_t k = 0; k < kHidden; ++k)
        EXPECT_NEAR(out[0][row * kHidden + k], y[(row * kSteps + step) * kHidden + k], 1e-6f);
    in[1].copy_from(Tensor({kRows, kHidden}, out[1]));
    in[2].copy_from(Tensor({kRows, kHidden}, out[2]));
  }
}

TEST(PlanSequences, NoStepsLeaveTheFirstState) {
  Rng rng(8);
  Lstm layer(3, 4, rng);
  layer.train(false);
  expect_plan_equals(
      [&](const std::vector<Var>& in) {
        const auto none = layer.forward(in[0], {{in[1], in[2]}});
        return std::vector<Var>{none.last[0].h, none.last[0].c};
      },
      {{2, 0, 3}, {2, 4}, {2, 4}});
}

TEST(PlanSequences, ASymbolThatThereIsNotIsNamed) {
  Rng rng(8);
  Embedding embedding(5, 3, rng);
  const Plan plan(
      trace([&](const std::vector<Var>& in) { return std::vector<Var>{embedding.forward(in[0])}; },
            {{1, 4}}));
  EXPECT_EQ(run(plan, {Tensor({1, 4}, std::vector<float>{0, 4, 2, 1})}).size(), 1u);
  try {
    run(plan, {Tensor({1, 4}, std::vector<float>{0, 4, 5, 1})});
    FAIL() << "symbol 5 of 5 was accepted";
  } catch (const CheckFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("5.000000 at place 2"), std::string::npos);
  }
}

}  // namespace
}  // namespace tengen::nn
