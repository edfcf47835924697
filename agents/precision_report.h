// What a reduced precision costs a network and what it wins, carried in the network's file: the
// ground on which a network plays in less than float32 where nobody asks for a precision.
//
// `tengen net report` measures and writes it; the file's metadata holds it as JSON under
// "precision_reports", one report for each board, precision and set of kernels.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/precision_cost.h"
#include "envs/state.h"
#include "nn/infer/plan_precision.h"

namespace tengen::agents {

// The network in reduced precision against itself in float32.
struct SelfMatch {
  int wins = 0, draws = 0, losses = 0;  // of the reduced one
  double score_low = 0.0;               // the 95 % interval of its mean score, in [0, 1]
  double score_high = 1.0;
  int visits = 0;       // of every search; 0 where time was the limit
  double time_s = 0.0;  // a move; 0 where visits were the limit

  int games() const { return wins + draws + losses; }
  double score() const { return (wins + 0.5 * draws) / games(); }
};

struct PrecisionReport {
  std::string game;  // a family, as PolicyValueConfig::game
  int height = 0, width = 0;
  nn::PlanPrecision precision = nn::PlanPrecision::kInt16;
  std::string kernels;             // that it was measured with, nn::plan_instructions
  PrecisionCost cost;              // against float32, on positions that did not calibrate
  double evaluations_per_s = 0.0;  // on one core
  double float32_evaluations_per_s = 0.0;
  std::optional<SelfMatch> equal_visits, equal_time;

  bool about(const envs::GameSpec& spec) const;
  bool same_subject(const PrecisionReport& other) const;  // board, precision and kernels
};

// The precision for games on this board where `kernels` tells the instructions that each runs on:
// of those that were shown to win at equal time (400 games or more, the whole interval of the score
// above one half) the one with the highest lower end; float32 if there is none.
nn::PlanPrecision advised_precision(
    std::span<const PrecisionReport> reports, const envs::GameSpec& spec,
    const char* (*kernels)(nn::PlanPrecision) = nn::plan_instructions);

// Those in the metadata of a weights file; no path: of the network inside the program. An Error
// names the file and the key that cannot be understood.
std::vector<PrecisionReport> carried_reports(const std::string& path);
// Puts the report into the file in place of the one of the same subject, whose matches it takes
// over where it brings none. All else in the file stays as it is; see
// nn::save_safetensors for how it is written. Returns the report with these matches.
PrecisionReport save_report(const std::string& path, PrecisionReport report);

// Several lines for people, each with an end of line.
std::string text(const PrecisionReport& report);

inline constexpr const char* kReportsKey = "precision_reports";

}  // namespace tengen::agents
