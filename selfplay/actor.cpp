#include "selfplay/actor.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "envs/games.h"
#include "nn/base/check.h"
#include "search/move_choice.h"
#include "search/search.h"

namespace tengen::selfplay {
namespace {

enum class MoveKind { kRawPolicy, kFast, kFull };

}  // namespace

struct Actor::Game {
  std::unique_ptr<search::Search> tree;
  GameRecord record;
  Rng rng{0};
  MoveKind kind = MoveKind::kFast;
  int raw_moves = 0;      // still to be drawn from the raw policy
  int decided_moves = 0;  // in a row
  int visits_before = 0;  // in the tree when the move began
};

std::vector<std::string> game_choices(const ActorOptions& options) {
  if (options.komis.empty()) return {options.game};
  std::vector<std::string> choices;
  std::istringstream komis(options.komis);
  for (std::string komi; std::getline(komis, komi, ',');) {
    const char separator = options.game.find(':') == std::string::npos ? ':' : ',';
    choices.push_back(options.game + separator + "komi=" + komi);
  }
  return choices;
}

size_t tree_mib(int visits, int actions) {
  const size_t bytes = static_cast<size_t>(visits) * (64 + 16 * static_cast<size_t>(actions));
  return 1 + (4 * bytes >> 20);
}

Actor::Actor(const ActorOptions& options, const search::SearchOptions& search, uint64_t seed,
             uint64_t next_number)
    : options_(options), search_(search), seed_(seed), next_number_(next_number) {
  CHECK(options.games >= 1);
  CHECK(options.full_visits >= 2);
  CHECK(options.fast_visits >= 2);
  for (const std::string& choice : game_choices(options)) starts_.push_back(envs::new_game(choice));
  search_.memory_mib = tree_mib(options.full_visits, starts_[0]->spec().actions);
  for (int i = 0; i < options.games; ++i) {
    auto game = std::make_unique<Game>();
    game->tree = std::make_unique<search::Search>(*starts_[0], search_, mix64(seed) + i);
    begin_game(*game);
    targets_.push_back(begin_move(*game));
    games_.push_back(std::move(game));
  }
}

Actor::~Actor() = default;

void Actor::play(search::Evaluator& evaluator, int network,
                 const std::function<void(GameRecord&&)>& sink,
                 const std::function<bool()>& enough) {
  network_ = network;
  pause_ = false;
  std::vector<search::Search*> trees;
  for (const auto& game : games_) trees.push_back(game->tree.get());
  const auto on_ready = [&](int index) {
    Game& game = *games_[static_cast<size_t>(index)];
    play_move(game);
    if (game.tree->root().outcome()) {
      sink(finish(game));
      begin_game(game);
    }
    if (enough()) pause_ = true;
    return targets_[static_cast<size_t>(index)] = begin_move(game);
  };
  search::DriveOptions drive_options;
  drive_options.rows_per_wave = options_.games;  // one leaf of each: neighbours change no game
  drive_options.stop = &pause_;
  const std::vector<int> first_targets = targets_;
  if (!enough()) search::drive(trees, evaluator, on_ready, first_targets, drive_options);
}

void Actor::begin_game(Game& game) {
  game.record = {};
  game.record.number = next_number_++;
  game.record.seed = seed_;
  game.record.network = network_;
  game.rng = Rng(seed_, game.record.number);
  const auto& start = starts_[game.rng.below(static_cast<uint32_t>(starts_.size()))];
  game.record.game = start->spec().name;
  game.raw_moves = static_cast<int>(-std::log(1.0 - game.rng.uniform()) * options_.opening_moves);
  game.decided_moves = 0;
  game.tree->reset(*start);
}

int Actor::begin_move(Game& game) {
  const bool decided = game.decided_moves >= options_.decided_moves;
  const bool bootstrap = game.record.number < static_cast<uint64_t>(options_.bootstrap_games);
  int target = options_.fast_visits;
  game.kind = MoveKind::kFast;
  if (game.raw_moves > 0) {
    game.kind = MoveKind::kRawPolicy;
    target = 1;
  } else if (bootstrap || decided) {
    target = bootstrap ? options_.bootstrap_visits : options_.decided_visits;
  } else if (game.rng.uniform() < options_.full_share) {
    game.kind = MoveKind::kFull;
    target = options_.full_visits;
  }
  search::SearchOptions search = search_;
  search.noise_fraction = game.kind == MoveKind::kFull ? options_.noise_fraction : 0.0f;
  if (game.kind != MoveKind::kFull) {  // the tricks of exploration belong to full searches
    search.root_policy_temperature = 1.0f;
    search.root_fpu_reduction = search.fpu_reduction;
  }
  game.tree->set_options(search);
  game.visits_before = game.tree->visits();
  return std::max(target, game.visits_before + 1);
}

void Actor::play_move(Game& game) {
  const search::Report report = game.tree->report();
  const envs::Action action = choose(game, report);
  note_move(game, report, action);
  game.tree->advance(action);
}

envs::Action Actor::choose(Game& game, const search::Report& report) {
  CHECK(!report.moves.empty());
  if (game.kind == MoveKind::kRawPolicy || report.visits <= 1) {
    std::vector<float> priors;
    for (const search::MoveStats& move : report.moves) priors.push_back(move.prior);
    return report.moves[static_cast<size_t>(game.rng.pick(priors))].action;
  }
  const auto move_number = static_cast<float>(game.record.moves.size());
  const float halvings = move_number / std::max(options_.temperature_halflife, 1e-3f);
  const float temperature = options_.temperature * std::exp2(-halvings);
  return search::choose_by_visits(report, std::max(temperature, options_.temperature_floor),
                                  game.rng);
}

void Actor::note_move(Game& game, const search::Report& report, envs::Action action) {
  MoveSearch search;
  search.searched = game.kind != MoveKind::kRawPolicy;
  search.value = search.searched ? std::clamp(report.value, -1.0f, 1.0f) : 0.0f;
  if (game.kind == MoveKind::kFull) {
    // A single visit is the noise's work, not the search's (Wu 2019, section 3.2).
    const int least = report.moves.front().visits > 2 ? 2 : 1;
    for (const search::MoveStats& move : report.moves) {
      if (move.visits >= least) search.visits.push_back({move.action, move.visits});
    }
  }
  game.decided_moves =
      std::abs(search.value) >= options_.decided_value ? game.decided_moves + 1 : 0;
  game.raw_moves = std::max(game.raw_moves - 1, 0);
  game.record.moves.push_back(action);
  game.record.searches.push_back(std::move(search));
  ++counts_.moves;
  counts_.visits += report.visits - game.visits_before;
}

GameRecord Actor::finish(Game& game) {
  const envs::State& end = game.tree->root();
  game.record.outcome = *end.outcome();
  const bool limit = static_cast<int>(game.record.moves.size()) >= end.spec().max_moves;
  game.record.reason = limit ? "move limit" : "rules";
  return std::move(game.record);
}

}  // namespace tengen::selfplay
