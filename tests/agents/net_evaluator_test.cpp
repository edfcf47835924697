// The network as the search sees it: symmetries undone, units right, weights exchanged.
#include "agents/net_evaluator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "nn/base/check.h"
#include "nn/ops.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

constexpr const char* kGame = "go:size=7";

search::EvalRow judged(search::Evaluator& evaluator, const envs::State& state) {
  search::EvalBatch batch(state, 1);
  batch.row(0).state->copy_from(state);
  evaluator.submit(batch, 1);
  evaluator.wait(batch);
  return std::move(batch.row(0));
}

// Equal within rounding: a's actions under `image` against b's.
bool agree(const search::EvalRow& a, const search::EvalRow& b,
           const std::vector<envs::Action>& image) {
  if (std::abs(a.value - b.value) > 1e-4f || std::abs(a.score - b.score) > 1e-3f) return false;
  for (size_t action = 0; action < image.size(); ++action) {
    if (std::abs(a.logits[action] - b.logits[static_cast<size_t>(image[action])]) > 1e-3f) {
      return false;
    }
  }
  return true;
}

TEST(NetEvaluator, JudgesAsTheModuleDoes) {
  const auto state = random_position(kGame, 12, 1);
  const envs::GameSpec& spec = state->spec();
  const auto net = opinionated_net(spec, 2);
  NetEvaluator evaluator(*net, spec, Symmetry::kNone);
  const search::EvalRow row = judged(evaluator, *state);

  nn::Tensor planes(nn::Shape{1, spec.height, spec.width, spec.planes});
  state->encode(0, planes.data());
  const PolicyValueOutput out = net->forward(nn::Var(planes));
  const float chance = 1.0f / (1.0f + std::exp(-out.value.value().item()));
  EXPECT_NEAR(row.value, 2.0f * chance - 1.0f, 1e-4f);
  EXPECT_NEAR(row.score, out.score.value().item() * 10.0f, 1e-2f);
  ASSERT_EQ(row.logits.size(), static_cast<size_t>(spec.actions));
  for (size_t i = 0; i < row.logits.size(); ++i) {
    EXPECT_NEAR(row.logits[i], out.policy.value().values()[i], 1e-3f);
  }
}

// With hashed symmetries the judgement is that of one image, turned back.
TEST(NetEvaluator, ASymmetryIsUndone) {
  const auto start = envs::new_game(kGame);
  const envs::GameSpec& spec = start->spec();
  const auto net = opinionated_net(spec, 2);
  NetEvaluator hashed(*net, spec, Symmetry::kHashed);
  NetEvaluator plain(*net, spec, Symmetry::kNone);
  std::set<size_t> used;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    // The same game on every image of the board.
    Rng rng(seed);
    std::vector<std::unique_ptr<envs::State>> images;
    for (size_t s = 0; s < spec.symmetries.size(); ++s) images.push_back(start->clone());
    for (int move = 0; move < 15; ++move) {
      const envs::Action action = images[0]->playout_move(rng);
      for (size_t s = 0; s < images.size(); ++s) {
        images[s]->play(spec.symmetries[s][static_cast<size_t>(action)]);
      }
    }
    const search::EvalRow row = judged(hashed, *images[0]);
    size_t matching = images.size();
    for (size_t s = 0; s < images.size(); ++s) {
      if (agree(row, judged(plain, *images[s]), spec.symmetries[s])) matching = s;
    }
    ASSERT_LT(matching, images.size()) << "no image of game " << seed << " is judged alike";
    used.insert(matching);
  }
  EXPECT_GE(used.size(), 3u);  // of 8, in 12 positions
}

TEST(NetEvaluator, RowsOfABatchDoNotMix) {
  const auto start = envs::new_game(kGame);
  const auto net = opinionated_net(start->spec(), 3);
  NetEvaluator evaluator(*net, start->spec(), Symmetry::kHashed);
  search::EvalBatch batch(*start, 9);
  for (int i = 0; i < 9; ++i) {
    batch.row(i).state->copy_from(*random_position(kGame, 3 * i, static_cast<uint64_t>(i)));
  }
  evaluator.submit(batch, 9);
  evaluator.wait(batch);
  for (int i = 0; i < 9; ++i) {
    const search::EvalRow alone = judged(evaluator, *batch.row(i).state);
    EXPECT_EQ(alone.logits, batch.row(i).logits);
    EXPECT_EQ(alone.value, batch.row(i).value);
  }
}

// The search submits a second batch before it waits for the first; caches and networks keep apart
// what belongs to each.
TEST(NetEvaluator, TwoBatchesMayBeUnderWay) {
  const auto start = envs::new_game(kGame);
  const auto net = opinionated_net(start->spec(), 3);
  NetEvaluator plain(*net, start->spec(), Symmetry::kHashed);
  NetEvaluator inner(*net, start->spec(), Symmetry::kHashed);
  CachedEvaluator cached(inner, *start, 1);
  for (search::Evaluator* evaluator :
       {static_cast<search::Evaluator*>(&plain), static_cast<search::Evaluator*>(&cached)}) {
    std::vector<search::EvalBatch> batches;
    for (int b = 0; b < 2; ++b) {
      batches.emplace_back(*start, 4 + b);
      for (int i = 0; i < 4 + b; ++i)
        batches[static_cast<size_t>(b)].row(i).state->copy_from(
            *random_position(kGame, 3 * i, static_cast<uint64_t>(7 * b + i)));
    }
    for (int turn = 0; turn < 3; ++turn) {
      evaluator->submit(batches[0], 4);
      evaluator->submit(batches[1], 5);
      evaluator->wait(batches[static_cast<size_t>(turn % 2)]);
      evaluator->wait(batches[static_cast<size_t>(1 - turn % 2)]);
      for (search::EvalBatch& batch : batches) {
        for (int i = 0; i < batch.capacity(); ++i) {
          const search::EvalRow alone = judged(plain, *batch.row(i).state);
          EXPECT_EQ(alone.logits, batch.row(i).logits);
          EXPECT_EQ(alone.value, batch.row(i).value);
        }
      }
    }
  }
}

TEST(NetEvaluator, ReplaceTakesTheNewWeights) {
  const auto state = random_position(kGame, 12, 1);
  const auto before = opinionated_net(state->spec(), 2);
  const auto after = opinionated_net(state->spec(), 3);
  NetEvaluator evaluator(*before, state->spec(), Symmetry::kNone);
  NetEvaluator fresh(*after, state->spec(), Symmetry::kNone);
  const float old_value = judged(evaluator, *state).value;
  evaluator.replace(*after);
  EXPECT_NE(judged(evaluator, *state).value, old_value);
  EXPECT_EQ(judged(evaluator, *state).value, judged(fresh, *state).value);
}

TEST(NetEvaluator, ANetworkForAnotherGameIsAnError) {
  const auto net = opinionated_net(envs::new_game("tictactoe")->spec(), 2);
  try {
    NetEvaluator evaluator(*net, envs::new_game(kGame)->spec(), Symmetry::kNone);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("tictactoe"), std::string::npos) << error.what();
  }
}

TEST(OwnershipEvaluator, TurnsWithTheBoardAndStaysInRange) {
  const auto start = envs::new_game(kGame);
  const envs::GameSpec& spec = start->spec();
  const auto net = opinionated_net(spec, 2);
  const OwnershipEvaluator evaluator(*net, spec);
  const auto state = start->clone(), image = start->clone();
  Rng rng(5);
  for (int move = 0; move < 11; ++move) {
    const envs::Action action = state->playout_move(rng);
    state->play(action);
    image->play(spec.symmetries[3][static_cast<size_t>(action)]);
  }
  const std::vector<float> a = evaluator.evaluate(*state), b = evaluator.evaluate(*image);
  ASSERT_EQ(a.size(), 49u);
  for (size_t point = 0; point < a.size(); ++point) {
    EXPECT_LE(std::abs(a[point]), 1.0f);
    EXPECT_NEAR(a[point], b[static_cast<size_t>(spec.symmetries[3][point])], 1e-4f);
  }
}

}  // namespace
}  // namespace tengen::agents
