// What the tests of batches on a GPU share: a small network, positions, and what the CPU says.
#pragma once

#include <memory>
#include <vector>

#include "agents/calibration.h"
#include "nn/infer/batch_evaluator.h"
#include "nn/infer/batch_runner.h"
#include "tests/agents/small_net.h"

namespace tengen::nn {

inline BatchGraph small_network(uint64_t seed) {
  const auto spec = envs::new_game("go:size=5")->spec();
  return agents::batch_graph(*agents::opinionated_net(spec, seed), spec);
}

// Go positions with room for policy, value and score.
struct GoRows {
  explicit GoRows(int64_t count, uint64_t seed = 0) : rows(static_cast<size_t>(count)) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto state = agents::random_position("go:size=5", static_cast<int>(i % 13), seed + i);
      const envs::GameSpec& spec = state->spec();
      rows[i].planes.resize(static_cast<size_t>(spec.height * spec.width * spec.planes));
      state->encode(0, rows[i].planes.data());
      rows[i].policy.resize(static_cast<size_t>(spec.actions));
    }
  }
  BatchJob job() {
    return {std::ssize(rows),
            [this](int64_t i) {
              Row& row = rows[static_cast<size_t>(i)];
              return BatchRow{{row.planes.data()},
                              {row.policy.data(), &row.value, &row.score},
                              row.legal.empty() ? nullptr : row.legal.data()};
            },
            [this](int64_t i) { ++rows[static_cast<size_t>(i)].finished; }};
  }
  // Beside the CPU in float32.
  void expect_from(const BatchGraph& network, float tolerance) const {
    GoRows expected = *this;
    for (Row& row : expected.rows) row.finished = 0;
    BatchEvaluator cpu(std::make_shared<const Plan>(network.of(1)));
    cpu.start(expected.job())->wait();
    for (size_t i = 0; i < rows.size(); ++i) {
      const Row &got = rows[i], &right = expected.rows[i];
      EXPECT_EQ(got.finished, 1);
      EXPECT_NEAR(got.value, right.value, tolerance) << "row " << i;
      EXPECT_NEAR(got.score, right.score, tolerance) << "row " << i;
      for (size_t a = 0; a < got.policy.size(); ++a)
        ASSERT_NEAR(got.policy[a], right.policy[a], tolerance) << "row " << i << ", action " << a;
    }
  }

  struct Row {
    std::vector<float> planes, policy;
    std::vector<uint32_t> legal;
    float value = -77.0f, score = -77.0f;
    int finished = 0;
  };
  std::vector<Row> rows;
};

}  // namespace tengen::nn
