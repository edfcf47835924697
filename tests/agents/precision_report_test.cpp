// Reports in weights files, and what a network plays in where nobody asks.
#include "agents/precision_report.h"

#include <gtest/gtest.h>

#include "agents/policy_value_net.h"
#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "nn/io/safetensors.h"
#include "tests/agents/small_net.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::agents {
namespace {

using nn::PlanPrecision;

SelfMatch match(int wins, int losses, double low) {
  return {.wins = wins, .losses = losses, .score_low = low, .score_high = 0.9, .time_s = 0.1};
}

PrecisionReport report_of(PlanPrecision precision, int size, std::optional<SelfMatch> equal_time) {
  PrecisionReport report;
  report.game = "go";
  report.height = report.width = size;
  report.precision = precision;
  report.kernels = "avx512";
  report.cost = {400, {1e-5, 2e-4}, {0.001, 0.01}, {0.02, 0.3}, 0.995};
  report.evaluations_per_s = 4000;
  report.float32_evaluations_per_s = 2500;
  report.equal_time = equal_time;
  return report;
}

TEST(PrecisionReport, OnlyAWinAtEqualTimeOnThisBoardIsAdvised) {
  const auto nine = envs::new_game("go:size=9")->spec();
  const auto advised = [&](std::vector<PrecisionReport> reports) {
    return advised_precision(reports, nine, [](PlanPrecision) { return "avx512"; });
  };
  const PlanPrecision int16 = PlanPrecision::kInt16, bfloat16 = PlanPrecision::kBfloat16;
  EXPECT_EQ(advised({}), PlanPrecision::kFloat32);
  EXPECT_EQ(advised({report_of(int16, 9, {})}), PlanPrecision::kFloat32);
  EXPECT_EQ(advised({report_of(int16, 9, match(240, 160, 0.55))}), int16);
  EXPECT_EQ(advised({report_of(int16, 9, match(239, 160, 0.55))}), PlanPrecision::kFloat32);
  EXPECT_EQ(advised({report_of(int16, 9, match(210, 190, 0.5))}), PlanPrecision::kFloat32);
  EXPECT_EQ(advised({report_of(int16, 19, match(240, 160, 0.55))}), PlanPrecision::kFloat32);
  EXPECT_EQ(advised({report_of(int16, 9, match(240, 160, 0.55)),
                     report_of(bfloat16, 9, match(250, 150, 0.57))}),
            bfloat16);
  EXPECT_EQ(advised({report_of(bfloat16, 9, match(250, 150, 0.57)),
                     report_of(int16, 9, match(240, 160, 0.55))}),
            bfloat16);
  // Visits do not count: less precision costs there and can win nothing.
  PrecisionReport visits = report_of(int16, 9, {});
  visits.equal_visits = match(300, 100, 0.7);
  EXPECT_EQ(advised({visits}), PlanPrecision::kFloat32);
  // Nor does what another kind of processor wins.
  PrecisionReport elsewhere = report_of(int16, 9, match(240, 160, 0.55));
  elsewhere.kernels = "avx2";
  EXPECT_EQ(advised({elsewhere}), PlanPrecision::kFloat32);
  PrecisionReport other_game = report_of(int16, 9, match(240, 160, 0.55));
  other_game.game = "tictactoe";
  EXPECT_EQ(advised({other_game}), PlanPrecision::kFloat32);
}

class CarriedReport : public testing::Test {
 protected:
  void SetUp() override {
    net_ = opinionated_net(envs::new_game("go:size=5")->spec(), 7);
    save_net(path_, *net_, {{"games", "1200"}});
  }
  void write_reports(const std::string& json) const {
    nn::SafeTensors content = nn::load_safetensors(path_);
    content.metadata[kReportsKey] = json;
    nn::save_safetensors(path_, content);
  }

  nn::ScratchFolder folder_;
  const std::string path_ = folder_.path("net.safetensors");
  std::unique_ptr<PolicyValueNet> net_;
};

TEST_F(CarriedReport, ComesBackAsItWasAndChangesNothingElse) {
  const nn::SafeTensors before = nn::load_safetensors(path_);
  EXPECT_TRUE(carried_reports(path_).empty());
  PrecisionReport report = report_of(PlanPrecision::kInt16, 9, match(240, 150, 0.54));
  report.equal_time->draws = 11;
  report.equal_visits = SelfMatch{.wins = 7, .score_low = 0.3, .visits = 100};
  save_report(path_, report);

  const auto reports = carried_reports(path_);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(text(reports[0]), text(report));
  EXPECT_EQ(reports[0].cost.policy_kl.worst, report.cost.policy_kl.worst);
  EXPECT_EQ(reports[0].equal_time->score_low, 0.54);
  EXPECT_EQ(reports[0].equal_time->draws, 11);
  EXPECT_EQ(reports[0].equal_time->visits, 0);
  EXPECT_EQ(reports[0].equal_visits->visits, 100);

  nn::SafeTensors after = nn::load_safetensors(path_);
  EXPECT_EQ(after.metadata.erase(kReportsKey), 1u);
  EXPECT_EQ(after.metadata, before.metadata);
  // Without the report it is the very file that it was.
  const std::string first = nn::read_file(path_);
  save_net(path_, *net_, {{"games", "1200"}});
  const std::string original = nn::read_file(path_);
  nn::save_safetensors(path_, after);
  EXPECT_EQ(nn::read_file(path_), original);
  EXPECT_NE(first, original);
}

TEST_F(CarriedReport, AnotherOfTheSameBoardReplacesItAndKeepsItsMatches) {
  save_report(path_, report_of(PlanPrecision::kInt16, 9, match(240, 160, 0.55)));
  save_report(path_, report_of(PlanPrecision::kInt16, 19, {}));
  save_report(path_, report_of(PlanPrecision::kBfloat16, 9, {}));
  PrecisionReport again = report_of(PlanPrecision::kInt16, 9, {});
  again.cost.same_best = 0.5;
  again = save_report(path_, again);
  EXPECT_TRUE(again.equal_time.has_value());
  const auto reports = carried_reports(path_);
  ASSERT_EQ(reports.size(), 3u);
  EXPECT_EQ(reports[2].height, 9);
  EXPECT_EQ(reports[2].cost.same_best, 0.5);
  ASSERT_TRUE(reports[2].equal_time.has_value());
  EXPECT_EQ(reports[2].equal_time->wins, 240);
}

TEST_F(CarriedReport, WhatCannotBeUnderstoodIsNamed) {
  for (const char* broken :
       {"[", "{}3", "[1]", "[{}]", "[{\"game\": 3}]",
        "[{\"game\":\"go\",\"height\":9,\"width\":9,\"precision\":\"int4\"}]"}) {
    write_reports(broken);
    try {
      carried_reports(path_);
      FAIL() << "accepted " << broken;
    } catch (const Error& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(path_), std::string::npos) << text;
      EXPECT_NE(text.find(kReportsKey), std::string::npos) << text;
    }
    EXPECT_NO_THROW(load_net(path_));  // the weights are sound
  }
}

TEST(PrecisionReport, TheShippedNetworkCanBeAsked) { EXPECT_NO_THROW(carried_reports("")); }

}  // namespace
}  // namespace tengen::agents
