// Search + evaluator + time + choice of move + resignation + tree reuse, as an Agent.
//
// Start reading at choose(): a few lines are the whole road from a position to a move.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agents/agent.h"
#include "search/drive.h"
#include "search/search.h"

namespace tengen::agents {

struct MctsOptions {
  search::SearchOptions search;
  search::Limits limits;        // of every move; those of choose() tighten them
  int default_visits = 400;     // where neither sets a limit
  int rows_per_wave = 0;        // 0: what the evaluator prefers
  float temperature = 0.0f;     // of the move choice over visits, 0: the best
  int temperature_moves = 0;    // only for the first moves of a game
  float resign_value = -0.95f;  // resign when the root value stays below this ...
  int resign_moves = 3;         // ... for so many own moves; 0: never resign
  uint64_t seed = 1;
};

class MctsAgent : public Agent {
 public:
  // `make_evaluator` is called when a game begins on another board or under another komi than
  // the one before; a cache thus outlives a game.
  using EvaluatorFactory =
      std::function<std::unique_ptr<search::Evaluator>(const envs::State& start)>;
  MctsAgent(std::string name, EvaluatorFactory make_evaluator, const MctsOptions& options);
  ~MctsAgent() override;

  std::string name() const override;
  void start(const envs::State& state) override;
  Choice choose(const search::Limits& limits) override;
  void played(envs::Action action) override;

  // Changes count from the next choose() on, those of resignation and seed from the next start().
  MctsOptions& options();

 private:
  struct Game;
  std::string name_;
  EvaluatorFactory make_evaluator_;
  MctsOptions options_;
  std::string evaluator_game_;  // GameSpec::name of the board that evaluator_ is for
  std::unique_ptr<search::Evaluator> evaluator_;
  std::unique_ptr<Game> game_;
  uint64_t games_ = 0;
};

}  // namespace tengen::agents
