#include "agents/policy_games.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "search/puct.h"

namespace tengen::agents {
namespace {

using States = std::vector<std::unique_ptr<envs::State>>;

// Games that go on together, one evaluation of each at a time.
class PolicyGames {
 public:
  PolicyGames(search::Evaluator& evaluator, const envs::State& start, int most)
      : evaluator_(evaluator), batch_(start, most) {}

  // Plays a move drawn from the policy in every game; none of them is over.
  void play(std::span<envs::State* const> games, std::span<Rng* const> rngs) {
    const int rows = static_cast<int>(games.size());
    for (int i = 0; i < rows; ++i) batch_.row(i).state->copy_from(*games[static_cast<size_t>(i)]);
    evaluator_.submit(batch_, rows);
    evaluator_.wait(batch_);
    for (int i = 0; i < rows; ++i) {
      envs::State& game = *games[static_cast<size_t>(i)];
      game.legal(legal_);
      priors_.resize(legal_.size());
      search::softmax_priors(batch_.row(i).logits, legal_, priors_);
      game.play(legal_[static_cast<size_t>(rngs[static_cast<size_t>(i)]->pick(priors_))]);
    }
  }

 private:
  search::Evaluator& evaluator_;
  search::EvalBatch batch_;
  std::vector<envs::Action> legal_;
  std::vector<float> priors_;
};

struct Game {
  std::unique_ptr<envs::State> state;
  Rng rng;
  States kept;
};

// A game that begins with some moves of no plan, short of its end.
Game begin_game(const envs::State& start, const PositionSampling& sampling, uint64_t number) {
  Game game{start.clone(), Rng(sampling.seed, number), {}};
  const uint32_t moves = game.rng.below(static_cast<uint32_t>(sampling.random_moves) + 1);
  const std::unique_ptr<envs::State> next = start.clone();
  for (uint32_t i = 0; i < moves; ++i) {
    next->play(next->playout_move(game.rng));
    if (next->outcome()) break;
    game.state->copy_from(*next);
  }
  return game;
}

void play_out(std::vector<Game>& games, PolicyGames& policy, float kept) {
  std::vector<envs::State*> states;
  std::vector<Rng*> rngs;
  do {
    states.clear();
    rngs.clear();
    for (Game& game : games) {
      if (game.state->outcome()) continue;
      if (game.rng.uniform() < kept) game.kept.push_back(game.state->clone());
      states.push_back(game.state.get());
      rngs.push_back(&game.rng);
    }
    if (!states.empty()) policy.play(states, rngs);
  } while (!states.empty());
}

// `count` of them, as evenly spread as they can be.
States thinned(States all, size_t count) {
  States some;
  for (size_t i = 0; i < count; ++i) some.push_back(std::move(all[i * all.size() / count]));
  return some;
}

}  // namespace

States sample_positions(search::Evaluator& evaluator, const envs::State& start,
                        const PositionSampling& sampling) {
  CHECK(sampling.positions > 0);
  CHECK(sampling.kept > 0.0f);
  CHECK(!start.outcome().has_value());
  // A game lasts about as long as the board has points.
  const auto wanted = static_cast<size_t>(sampling.positions);
  const float points = static_cast<float>(start.spec().height * start.spec().width);
  const int at_once =
      std::max(2, static_cast<int>(static_cast<float>(wanted) / (sampling.kept * points)));
  PolicyGames policy(evaluator, start, at_once);
  States found;
  for (uint64_t number = 0; found.size() < wanted;) {
    std::vector<Game> games;
    for (int i = 0; i < at_once; ++i) games.push_back(begin_game(start, sampling, number++));
    play_out(games, policy, sampling.kept);
    for (Game& game : games)
      std::move(game.kept.begin(), game.kept.end(), std::back_inserter(found));
  }
  return thinned(std::move(found), wanted);
}

States sample_openings(search::Evaluator& evaluator, const envs::State& start, int count, int moves,
                       uint64_t seed) {
  constexpr int kTries = 16;  // to find one that is new
  PolicyGames policy(evaluator, start, 1);
  std::set<uint64_t> seen;
  States openings;
  uint64_t number = 0;
  while (static_cast<int>(openings.size()) < count) {
    std::unique_ptr<envs::State> opening;
    for (int tries = 0; tries < kTries; ++tries) {
      opening = start.clone();
      Rng rng(seed, number++);
      for (int i = 0; i < moves; ++i) {
        const std::unique_ptr<envs::State> next = opening->clone();
        envs::State* const game = next.get();
        Rng* const draws = &rng;
        policy.play({&game, 1}, {&draws, 1});
        if (next->outcome()) break;
        opening->copy_from(*next);
      }
      if (seen.insert(opening->key()).second) break;
    }
    openings.push_back(std::move(opening));
  }
  return openings;
}

}  // namespace tengen::agents
