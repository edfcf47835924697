#include "selfplay/record_sgf.h"

#include <fmt/format.h>

#include <algorithm>

#include "envs/go/sgf.h"
#include "envs/go/state.h"
#include "nn/base/check.h"

namespace tengen::selfplay {
namespace {

constexpr size_t kShownMoves = 5;

std::string result_text(const envs::Outcome& outcome) {
  if (outcome.value == 0.0f) return "0";
  return fmt::format("{}+{:g}", outcome.value > 0 ? "B" : "W", std::abs(outcome.score));
}

std::string comment_of(const MoveSearch& search, const envs::State& state) {
  if (!search.searched) return "drawn from the raw policy";
  std::string text = fmt::format("value {:+.3f}", search.value);
  auto visits = search.visits;
  std::stable_sort(visits.begin(), visits.end(),
                   [](const auto& a, const auto& b) { return a.visits > b.visits; });
  for (size_t i = 0; i < std::min(kShownMoves, visits.size()); ++i)
    text += fmt::format("\n{} {}", state.action_text(visits[i].action), visits[i].visits);
  return text;
}

// Black's outcome as RE tells it, where it does.
envs::Outcome outcome_of(const std::string& result, const envs::go::GoState& state) {
  envs::Outcome outcome;
  if (const auto counted = state.outcome()) outcome = *counted;
  if (result.starts_with("B+")) outcome.value = 1.0f;
  if (result.starts_with("W+")) outcome.value = -1.0f;
  if (result == "0" || result == "Draw") outcome.value = 0.0f;
  return outcome;
}

}  // namespace

std::string to_sgf(const GameRecord& record) {
  const auto end = replay_game(record, "game " + std::to_string(record.number));
  const auto* go = dynamic_cast<const envs::go::GoState*>(end.get());
  if (go == nullptr) throw Error("SGF is for games of Go, not for " + record.game);
  envs::go::SgfGame game = envs::go::sgf_of(*go);
  game.black_name = game.white_name = fmt::format("network {}", record.network);
  game.event = fmt::format("self-play, game {}", record.number);
  game.result = result_text(record.outcome);
  for (size_t i = 0; i < game.moves.size(); ++i)
    game.moves[i].comment = comment_of(record.searches[i], *end);
  return envs::go::write_sgf(game);
}

GameRecord from_sgf(std::string_view text, const std::string& name) {
  const envs::go::SgfGame game = envs::go::parse_sgf(text, name);
  if (!game.black.empty() || !game.white.empty())
    throw Error(name + ": has set-up stones; a record begins at the empty board");
  envs::go::Rules rules = envs::go::rules_of(game);
  rules.max_moves = 0;  // records have the limit of self-play
  const envs::go::GoState state = envs::go::replay(game, rules);
  GameRecord record;
  record.game = state.spec().name;
  for (size_t i = 0; i < game.moves.size(); ++i) {
    const auto turn = i % 2 == 0 ? envs::go::Color::kBlack : envs::go::Color::kWhite;
    if (game.moves[i].color != turn)
      throw Error(name + ": move " + std::to_string(i + 1) + " is out of turn");
    record.moves.push_back(game.moves[i].action);
  }
  record.searches.resize(record.moves.size());
  record.outcome = outcome_of(game.result, state);
  record.reason = "rules";
  replay_game(record, name);  // no move after the end
  return record;
}

}  // namespace tengen::selfplay
