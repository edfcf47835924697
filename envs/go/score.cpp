#include "envs/go/score.h"

#include "envs/go/area.h"
#include "envs/go/pass_alive.h"
#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

// Playouts leave random stones everywhere, so that a living group loses some points in them.
constexpr float kClearlyLost = -0.2f;

float sign(Color c) { return c == Color::kBlack ? 1.0f : c == Color::kWhite ? -1.0f : 0.0f; }

// Mean ownership of a chain, from its own point of view.
float chain_ownership(const Board& board, Point stone, const std::vector<float>& ownership) {
  float sum = 0.0f;
  Point s = stone;
  do {
    sum += ownership[static_cast<size_t>(board.index(s))];
    s = board.next(s);
  } while (s != stone);
  return sum * sign(board[stone]) / static_cast<float>(board.stones(stone));
}

}  // namespace

std::vector<float> playout_ownership(const GoState& state, int playouts, Rng& rng) {
  CHECK(playouts > 0);
  const size_t area = static_cast<size_t>(state.board().area());
  std::vector<float> sum(area, 0.0f);
  std::vector<float> owners(area);
  const GoState start = without_history(state, state.color_to_play());
  GoState game(start);
  for (int i = 0; i < playouts; ++i) {
    game.copy_from(start);
    while (!game.over()) game.play(game.playout_move(rng));
    game.ownership(owners);
    for (size_t p = 0; p < area; ++p) sum[p] += owners[p];
  }
  for (float& x : sum) x /= static_cast<float>(playouts);
  return sum;
}

std::vector<Action> dead_stones(const GoState& state, std::vector<float> ownership) {
  const Board& board = state.board();
  CHECK(static_cast<int>(ownership.size()) == board.area());
  std::vector<Color> sure(ownership.size());
  pass_alive(board, state.rules().suicide, sure);
  for (size_t i = 0; i < sure.size(); ++i)
    if (sure[i] != Color::kEmpty) ownership[i] = sign(sure[i]);
  std::vector<Action> dead;
  for (Action a = 0; a < board.area(); ++a) {
    const Point p = board.at_index(a);
    if (is_stone(board[p]) && chain_ownership(board, p, ownership) < kClearlyLost)
      dead.push_back(a);
  }
  return dead;
}

Board without_dead(const Board& board, std::span<const Action> dead) {
  Board rest = board;
  for (const Action a : dead) {
    CHECK(a >= 0);
    CHECK(a < board.area());
    const Point p = board.at_index(a);
    if (is_stone(rest[p])) rest.remove_chain(p);
  }
  return rest;
}

float score_without_dead(const GoState& state, std::span<const Action> dead) {
  return static_cast<float>(area_margin(without_dead(state.board(), dead))) - state.rules().komi;
}

std::string result_text(float score) {
  if (score == 0.0f) return "0";
  return score > 0.0f ? "B+" + komi_text(score) : "W+" + komi_text(-score);
}

}  // namespace tengen::envs::go
