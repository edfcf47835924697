// Between SgfGame and GoState: rules by name, games played through, games written down.
#include <string>

#include "envs/go/sgf.h"
#include "envs/go/vertex.h"
#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

struct RulesText {
  const char* part;  // in lower case, anywhere in RU
  Ko ko;
  bool suicide;
};
constexpr RulesText kReadAs[] = {
    {"tromp", Ko::kPositional, true},    {"new zealand", Ko::kSituational, true},
    {"nz", Ko::kSituational, true},      {"aga", Ko::kSituational, false},
    {"chinese", Ko::kPositional, false}, {"simple ko, suicide", Ko::kSimple, true},
};

std::string rules_text(const Rules& rules) {
  switch (rules.ko) {
    case Ko::kSimple:
      return rules.suicide ? "simple ko, suicide" : "simple ko";
    case Ko::kPositional:
      return rules.suicide ? "Tromp-Taylor" : "Chinese";
    case Ko::kSituational:
      return rules.suicide ? "NZ" : "AGA";
  }
  return "";
}

Color first_color(const SgfGame& game) {
  if (game.to_play) return *game.to_play;
  if (!game.moves.empty()) return game.moves.front().color;
  return game.black.size() >= 2 && game.white.empty() ? Color::kWhite : Color::kBlack;
}

}  // namespace

Rules rules_of(const SgfGame& game) {
  Rules rules{.size = game.size, .komi = game.komi.value_or(0.0f), .ko = Ko::kSimple};
  rules.max_moves = patient_move_limit(game.size);
  std::string lower = game.rules;
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const RulesText& entry : kReadAs) {
    if (lower.find(entry.part) == std::string::npos) continue;
    rules.ko = entry.ko;
    rules.suicide = entry.suicide;
    break;
  }
  return rules;
}

GoState replay(const SgfGame& game) { return replay(game, rules_of(game)); }

GoState replay(const SgfGame& game, const Rules& rules) {
  CHECK(rules.size == game.size);
  GoState state(rules);
  state.set_up(game.black, game.white, first_color(game));
  for (size_t i = 0; i < game.moves.size(); ++i) {
    const SgfMove& move = game.moves[i];
    if (const auto why = state.why_illegal(move.color, move.action))
      throw Error("move " + std::to_string(i + 1) + " (" +
                  (move.color == Color::kBlack ? "black " : "white ") +
                  vertex_text(move.action, game.size) + "): " + *why);
    state.play_as(move.color, move.action);
  }
  return state;
}

SgfGame sgf_of(const GoState& state) {
  const GoGame& shared = state.game();
  SgfGame game{.size = shared.rules.size, .komi = shared.rules.komi};
  game.rules = rules_text(shared.rules);
  game.black = shared.black;
  game.white = shared.white;
  if (!game.black.empty() || !game.white.empty()) game.to_play = shared.first;
  if (game.black.size() >= 2 && game.white.empty())
    game.handicap = static_cast<int>(game.black.size());
  for (const Move& move : state.moves())
    game.moves.push_back({.color = move.color, .action = state.action_of(move.point)});
  return game;
}

}  // namespace tengen::envs::go
