#include "agents/mcts_agent.h"

#include <utility>

#include "agents/clock.h"
#include "agents/pass_guard.h"
#include "agents/resignation.h"
#include "nn/base/rng.h"
#include "search/move_choice.h"

namespace tengen::agents {

// One game from start() on.
struct MctsAgent::Game {
  Game(const envs::State& state, const MctsOptions& options, uint64_t number)
      : search(state, options.search, mix64(options.seed) + number),
        resignation(options.resign_value, options.resign_moves),
        rng(options.seed, number) {}

  search::Search search;
  Resignation resignation;
  Rng rng;
  int move_number = 0;
};

MctsAgent::MctsAgent(std::string name, EvaluatorFactory make_evaluator, const MctsOptions& options)
    : name_(std::move(name)), make_evaluator_(std::move(make_evaluator)), options_(options) {}

MctsAgent::~MctsAgent() = default;

std::string MctsAgent::name() const { return name_; }

MctsOptions& MctsAgent::options() { return options_; }

void MctsAgent::start(const envs::State& state) {
  if (evaluator_ == nullptr || evaluator_game_ != state.spec().name) {
    evaluator_ = make_evaluator_(state);
    evaluator_game_ = state.spec().name;
  }
  game_ = std::make_unique<Game>(state, options_, games_++);
}

Choice MctsAgent::choose(const search::Limits& limits) {
  CHECK(game_ != nullptr);
  const envs::State& position = game_->search.root();
  CHECK(!position.outcome().has_value());

  game_->search.set_options(options_.search);
  search::DriveOptions drive_options;
  drive_options.rows_per_wave = options_.rows_per_wave;
  search::Limits both = tighter(options_.limits, limits);
  if (both.visits == 0 && both.time_s == 0.0) both.visits = options_.default_visits;
  search::drive(game_->search, *evaluator_, both, drive_options);

  Choice choice;
  choice.report = game_->search.report();
  const bool varied = game_->move_number < options_.temperature_moves;
  choice.action =
      search::choose_by_visits(choice.report, varied ? options_.temperature : 0.0f, game_->rng);
  choice.action = guard_pass(position, choice.report, choice.action);
  choice.resign = game_->resignation.told(choice.report.value, game_->move_number,
                                          position.spec().height * position.spec().width);
  return choice;
}

void MctsAgent::played(envs::Action action) {
  CHECK(game_ != nullptr);
  game_->search.advance(action);
  ++game_->move_number;
}

}  // namespace tengen::agents
