// A real network through the plan beside what KataGo itself says of the same positions: the files
// in tests/nn/katago are its answers to `kata-raw-nn 0` (KataGo 1.17.2, Eigen, float32, rules
// tromp-taylor; on 19x19 situational superko).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "nn/infer/plan.h"
#include "nn/io/katago_net.h"
#include "tests/nn/data_folder.h"

namespace tengen::nn {
namespace {

struct Stone {
  int x, y;  // from the top left
  bool own;
  int liberties;
};

struct Position {
  std::string file;
  int size = 9;
  std::vector<Stone> stones;  // in the order they were played
  bool passed = false;        // after the last of them
  bool white = false;         // to play
  double komi = 7.5;
  bool situational = false;
};

std::vector<Position> positions() {
  return {
      {.file = "empty9", .stones = {}},
      {.file = "stones9",
       .stones = {{4, 4, false, 4}, {2, 6, true, 4}, {6, 6, false, 3}, {5, 6, true, 3}},
       .passed = true,
       .white = true},
      {.file = "empty19", .size = 19, .stones = {}, .komi = 6.5, .situational = true},
      {.file = "stones19",
       .size = 19,
       .stones = {{15, 3, true, 4}, {3, 15, false, 6}, {2, 16, true, 3}, {2, 15, false, 6}},
       .komi = 6.5,
       .situational = true},
  };
}

// Version 7 of KataGo's features (cpp/neuralnet/nninputs.cpp), as far as these positions need them.
struct Features {
  explicit Features(const Position& p)
      : planes(static_cast<size_t>(p.size * p.size * kKatagoPlanes)), globals(kKatagoGlobals) {
    const auto plane = [&](int x, int y, int64_t channel) -> float& {
      return planes[(y * p.size + x) * kKatagoPlanes + channel];
    };
    for (int i = 0; i < p.size * p.size; ++i) plane(i % p.size, i / p.size, 0) = 1;
    int ago = p.passed ? 1 : 0;
    for (size_t i = p.stones.size(); i-- > 0;) {
      const Stone& s = p.stones[i];
      plane(s.x, s.y, s.own ? 1 : 2) = 1;
      if (s.liberties <= 3) plane(s.x, s.y, 2 + s.liberties) = 1;
      if (ago < 5) plane(s.x, s.y, 9 + ago++) = 1;
      plane(s.x, s.y, s.own ? 18 : 19) = 1;  // area of stones; no empty region has one owner
    }
    const double komi = p.white ? p.komi : -p.komi;
    globals[0] = p.passed;
    globals[5] = static_cast<float>(komi / 20);
    globals[6] = 1;                             // superko,
    globals[7] = p.situational ? -0.5f : 0.5f;  // positional or situational
    globals[8] = 1;                             // suicide
    globals[14] = p.passed;                     // another pass ends the game
    // How komi stands to the draws of an odd board, a wave of period 2.
    const double over = komi - (2 * std::floor((komi - 1) / 2) + 1);
    globals[18] = static_cast<float>(over < 0.5 ? over : over < 1.5 ? 1 - over : over - 2);
  }
  std::vector<float> planes, globals;
};

// What KataGo says, in words and numbers.
struct Answer {
  explicit Answer(const Position& p) {
    const std::string path = std::string(TENGEN_SOURCE_DIR) + "/tests/nn/katago/" + p.file + ".txt";
    std::ifstream in(path);
    EXPECT_TRUE(in) << path;
    std::string word;
    for (double* value : {&win, &loss, &no_result, &lead, &score, &score_squared})
      in >> word >> *value;
    in >> word;
    for (int i = 0; i < p.size * p.size; ++i) policy.push_back(number(in));
    in >> word;
    policy.push_back(number(in));
    in >> word;
    for (int i = 0; i < p.size * p.size; ++i) ownership.push_back(number(in));
  }
  static double number(std::istream& in) {  // "NAN" where a move is illegal
    std::string word;
    in >> word;
    return std::strtod(word.c_str(), nullptr);
  }

  double win, loss, no_result, lead, score, score_squared;  // for White
  std::vector<double> policy, ownership;
};

// Probabilities and ownership within `tolerance`, scores within 50 of them.
void expect_agreement(const Plan& plan, const Position& position, double tolerance) {
  SCOPED_TRACE(position.file + " in " + plan_precision_name(plan.precision()));
  const Answer should(position);
  const Features features(position);
  std::vector<std::vector<float>> out;
  for (const Shape& shape : plan.output_shapes()) out.emplace_back(shape.size());
  const float* inputs[] = {features.planes.data(), features.globals.data()};
  float* outputs[] = {out[0].data(), out[1].data(), out[2].data(), out[3].data()};
  plan.run(inputs, outputs, *plan.make_workspace());

  double sum = 0;
  for (size_t i = 0; i < out[0].size(); ++i)
    if (!std::isnan(should.policy[i])) sum += std::exp(out[0][i]);
  for (size_t i = 0; i < out[0].size(); ++i) {
    if (std::isnan(should.policy[i])) continue;
    EXPECT_NEAR(std::exp(out[0][i]) / sum, should.policy[i], tolerance) << "point " << i;
  }

  const double white = position.white ? 1 : -1;
  // Under superko no game is without result.
  const double wins = 1 / (1 + std::exp(white * (out[1][1] - out[1][0])));
  EXPECT_NEAR(wins, should.win, tolerance);
  EXPECT_NEAR(1 - wins, should.loss, tolerance);

  const double score = 20 * out[2][0];
  const double deviation = 20 * std::log1p(std::exp(out[2][1]));
  EXPECT_NEAR(white * score, should.score, 50 * tolerance);
  EXPECT_NEAR(score * score + deviation * deviation, should.score_squared,
              tolerance * should.score_squared);
  EXPECT_NEAR(white * 20 * out[2][2], should.lead, 50 * tolerance);
  for (size_t i = 0; i < out[3].size(); ++i)
    EXPECT_NEAR(white * std::tanh(out[3][i]), should.ownership[i], tolerance) << "point " << i;
}

TEST(KatagoData, SaysOfPositionsWhatKatagoSays) {
  DATA_OR_SKIP(path, "nets/g170-b6c96-s175395328-d26788732.bin.gz");
  const KatagoNet net(path);
  EXPECT_EQ(net.name(), "g170-b6c96-s175395328-d26788732");
  for (const Position& position : positions())
    expect_agreement(Plan(net.graph(position.size, position.size)), position, 1e-4);
}

// Calibrated on the positions themselves: what is left is the precision of the products.
TEST(KatagoData, SaysNearlyTheSameInReducedPrecision) {
  DATA_OR_SKIP(path, "nets/g170-b6c96-s175395328-d26788732.bin.gz");
  const KatagoNet net(path);
  for (const int size : {9, 19}) {
    std::vector<Position> on_board = positions();
    std::erase_if(on_board, [&](const Position& p) { return p.size != size; });
    std::vector<Features> features(on_board.begin(), on_board.end());
    PlanOptions options;
    for (const Features& f : features)
      options.calibration.push_back({f.planes.data(), f.globals.data()});
    for (const auto& [precision, tolerance] :
         {std::pair(PlanPrecision::kInt16, 5e-3), std::pair(PlanPrecision::kBfloat16, 1e-2)}) {
      options.precision = precision;
      const Plan plan(net.graph(size, size), options);
      for (const Position& position : on_board) expect_agreement(plan, position, tolerance);
    }
  }
}

TEST(KatagoData, TakesLittleMemoryOnABigBoard) {
  DATA_OR_SKIP(path, "nets/g170-b6c96-s175395328-d26788732.bin.gz");
  const Plan plan(KatagoNet(path).graph(19, 19));
  EXPECT_LE(plan.workspace_bytes(), 8'000'000);
  EXPECT_GE(plan.weight_bytes(), 4'000'000);  // 1.03 million parameters
  EXPECT_LE(plan.weight_bytes(), 32'000'000);
}

}  // namespace
}  // namespace tengen::nn
