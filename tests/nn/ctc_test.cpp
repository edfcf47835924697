// ctc_loss and the decoders against the enumeration of all alignments.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "nn/autograd.h"
#include "nn/base/check.h"
#include "nn/ctc_decode.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

using Labels = std::vector<int32_t>;

// p(labels) for every sequence that the alignments of `steps` classes collapse to.
std::map<Labels, double> all_probabilities(const Doubles& log_probs, int64_t steps, int64_t classes,
                                           int32_t blank) {
  std::map<Labels, double> found;
  int64_t paths = 1;
  for (int64_t t = 0; t < steps; ++t) paths *= classes;
  for (int64_t path = 0; path < paths; ++path) {
    Labels labels;
    double log_probability = 0.0;
    int32_t before = blank;
    for (int64_t t = 0, rest = path; t < steps; ++t, rest /= classes) {
      const int32_t c = static_cast<int32_t>(rest % classes);
      log_probability += log_probs[t * classes + c];
      if (c != before && c != blank) labels.push_back(c);
      before = c;
    }
    found[labels] += std::exp(log_probability);
  }
  return found;
}

constexpr int64_t kSteps = 5, kClasses = 3;

// Row `row` of spread logits [rows, kSteps, kClasses].
Tensor logits_of(int64_t rows, Device& device = cpu_device()) {
  return Tensor({rows, kSteps, kClasses}, spread_values(rows * kSteps * kClasses, 3), device);
}
Doubles log_probs_of(const Tensor& logits, int64_t row) {
  const std::vector<float> values = logits.to_vector();
  const int64_t size = kSteps * kClasses;
  return oracle_log_softmax(Doubles(values.begin() + row * size, values.begin() + (row + 1) * size),
                            kClasses);
}

TEST(Ctc, LossIsTheSumOverAllAlignments) {
  const std::vector<Labels> labels{{1, 2}, {2, 2}, {}, {1}, {1, 2, 1, 2}, {0, 1}};
  const std::vector<int32_t> lengths{5, 5, 4, 1, 4, 3};
  for (Device* device : {&reference_device(), &cpu_device()}) {
    const Tensor logits = logits_of(6, *device);
    for (size_t row = 0; row < labels.size(); ++row) {
      const int32_t blank = labels[row].empty() || labels[row][0] > 0 ? 0 : 2;
      const Doubles log_probs = log_probs_of(logits, static_cast<int64_t>(row));
      const double p = all_probabilities(log_probs, lengths[row], kClasses, blank).at(labels[row]);
      const Var one(
          logits.view(static_cast<int64_t>(row) * kSteps * kClasses, {1, kSteps, kClasses}));
      const Var loss = ctc_loss(one, {labels[row]}, {blank, {lengths[row]}});
      EXPECT_NEAR(loss.value().item(), -std::log(p), 1e-5) << "row " << row;
    }
  }
}

TEST(Ctc, GradientIsThatOfFiniteDifferences) {
  for (Device* device : {&reference_device(), &cpu_device()}) {
    const auto f = [](const Vars& v) {
      return ctc_loss(v[0], {{1, 2}, {2, 2}, {}, {1, 2, 1}}, {0, {5, 4, 3, 3}});
    };
    EXPECT_LT(gradcheck(f, {Var(logits_of(4, *device))}, 5e-3), 2e-3) << device->name();
  }
}

TEST(Ctc, LongSequencesStayFinite) {
  const int64_t steps = 3000;
  const Var logits(Tensor({1, steps, 4}, spread_values(steps * 4, 5)), true);
  const Var loss = ctc_loss(logits, {Labels(500, 3)}, {});
  EXPECT_TRUE(std::isfinite(loss.value().item()));
  backward(loss);
  for (float g : logits.grad().to_vector()) ASSERT_TRUE(std::isfinite(g));
}

TEST(Ctc, ARowWithoutAlignmentIsRefusedByNameOrSkipped) {
  const Tensor logits = logits_of(2);
  // Two equal neighbours need a blank between them: three steps.
  const std::vector<Labels> labels{{1}, {2, 2}};
  CtcOptions options{0, {5, 2}};
  try {
    ctc_loss(Var(logits), labels, options);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("row 1: 2 labels need 3 steps, the input has 2"),
              std::string::npos)
        << error.what();
  }
  options.skip_impossible = true;
  const Var input(logits, true);
  const Var loss = ctc_loss(input, labels, options);
  const double p = all_probabilities(log_probs_of(logits, 0), 5, kClasses, 0).at({1});
  EXPECT_NEAR(loss.value().item(), -std::log(p) / 2, 1e-5);
  backward(loss);
  const std::vector<float> gradient = input.grad().to_vector();
  for (size_t i = kSteps * kClasses; i < gradient.size(); ++i) EXPECT_EQ(gradient[i], 0.0f);
}

TEST(Ctc, LabelsOutOfRangeAreRefused) {
  const Var logits(logits_of(1));
  EXPECT_THROW(ctc_loss(logits, {{3}}, {}), Error);
  EXPECT_THROW(ctc_loss(logits, {{-1}}, {}), Error);
  EXPECT_THROW(ctc_loss(logits, {{0}}, {}), Error);  // the blank
  EXPECT_THROW(ctc_loss(logits, {{1}, {2}}, {}), CheckFailure);
  EXPECT_THROW(ctc_loss(logits, {{1}}, {0, {6}}), CheckFailure);
}

TEST(Ctc, GreedyDecodingCollapsesTheBestPath) {
  Tensor logits({1, 6, 3});
  const int best[] = {1, 1, 0, 1, 2, 2};
  for (int t = 0; t < 6; ++t) logits.values()[t * 3 + best[t]] = 1.0f;
  EXPECT_EQ(ctc_greedy(logits)[0], (Labels{1, 1, 2}));
  EXPECT_EQ(ctc_greedy(logits, {0, {2}})[0], (Labels{1}));
}

TEST(Ctc, AWideBeamFindsAllSequencesWithTheirProbabilities) {
  const Tensor logits = logits_of(2);
  const auto found = ctc_beam(logits, 1000, {0, {5, 3}});
  for (int64_t row = 0; row < 2; ++row) {
    const auto expected =
        all_probabilities(log_probs_of(logits, row), row == 0 ? 5 : 3, kClasses, 0);
    double best = 0.0;
    for (const auto& [labels, p] : expected) best = std::max(best, p);
    EXPECT_NEAR(std::exp(found[row][0].log_probability), best, 1e-6);
    for (const CtcHypothesis& one : found[row]) {
      if (!std::isfinite(one.log_probability)) continue;
      EXPECT_NEAR(std::exp(one.log_probability), expected.at(one.labels), 1e-6);
    }
  }
}

}  // namespace
}  // namespace tengen::nn
