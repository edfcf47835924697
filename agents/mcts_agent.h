// Search + evaluator + time + choice of move + resignation + tree reuse, as an Agent.
#pragma once

#include <memory>
#include <string>

#include "agents/agent.h"
#include "search/drive.h"
#include "search/search.h"

namespace tengen::agents {

struct MctsOptions {
  search::SearchOptions search;
  search::Limits limits{.visits = 400};
  int rows_per_wave = 0;             // 0: what the evaluator prefers
  float temperature = 0.0f;          // of the move choice over visits, 0: the best
  int temperature_moves = 0;         // only for the first moves of a game
  float resign_value = -0.95f;       // resign when the root value stays below this ...
  int resign_moves = 3;              // ... for so many own moves; 0: never resign
  uint64_t seed = 1;
};

class MctsAgent : public Agent {
 public:
  // `make_evaluator` is called at the start of every game, for boards may differ in size.
  using EvaluatorFactory =
      std::function<std::unique_ptr<search::Evaluator>(const envs::State& start)>;
  MctsAgent(std::string name, EvaluatorFactory make_evaluator, const MctsOptions& options);
  ~MctsAgent() override;

  std::string name() const override;
  void start(const envs::State& state) override;
  Choice choose(const search::Limits& limits) override;
  void played(envs::Action action) override;

  MctsOptions& options();

 private:
  struct Game;
  std::string name_;
  EvaluatorFactory make_evaluator_;
  MctsOptions options_;
  std::unique_ptr<Game> game_;
};

}  // namespace tengen::agents
