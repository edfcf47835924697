// Go as a State: a Board, whose turn it is, and the history that ko and superko need.
//
// A game ends with two passes in a row or after Rules::max_moves moves, and is
// scored by area: no stone is removed, so who wants dead stones off captures them (score.h
// estimates them for people). Black is Player::kFirst. Actions are points row by row from the top
// left, then pass.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "envs/go/board.h"
#include "envs/go/position_history.h"
#include "envs/go/rules.h"
#include "envs/state.h"

namespace tengen::envs::go {

// What all positions of one game share.
struct GoGame {
  Rules rules;
  GameSpec spec;
  // Stones that stood before the first move: handicap or a problem. And who moved first.
  std::vector<Action> black = {};
  std::vector<Action> white = {};
  Color first = Color::kBlack;
};

enum class Legality { kLegal, kGameOver, kOccupied, kSuicide, kKo, kSuperko };

class GoState final : public State {
 public:
  explicit GoState(const Rules& rules);

  const GameSpec& spec() const override { return game_->spec; }
  std::unique_ptr<State> clone() const override { return std::make_unique<GoState>(*this); }
  void copy_from(const State& other) override;
  Player to_play() const override { return player_of(to_play_); }
  void legal(std::vector<Action>& out) const override;
  void play(Action action) override;
  std::optional<Outcome> outcome() const override;
  uint64_t key() const override;
  void encode(int symmetry, float* planes) const override;
  void ownership(std::span<float> out) const override;
  Action playout_move(Rng& rng) const override;
  std::string text() const override;
  std::string action_text(Action action) const override;
  std::optional<Action> parse_action(const std::string& text) const override;

  // For sessions, records and features.
  const GoGame& game() const { return *game_; }
  const Rules& rules() const { return game_->rules; }
  const Board& board() const { return board_; }
  const std::vector<Move>& moves() const { return moves_; }
  Color color_to_play() const { return to_play_; }
  int passes() const { return passes_; }  // in a row, up to now
  bool over() const;
  Action pass_action() const { return board_.area(); }
  Action action_of(Point p) const { return p == Point::kNone ? pass_action() : board_.index(p); }
  Point point_of(Action a) const { return a == pass_action() ? Point::kNone : board_.at_index(a); }

  // Starts again from stones on these points (as actions), without history. A point off the board
  // or named twice, or a chain without liberty, is an Error.
  void set_up(std::span<const Action> black, std::span<const Action> white, Color to_play);
  // The same position under another komi; an Error unless is_komi(komi).
  void set_komi(float komi);
  // Moves for `color` whether or not it is its turn, as GTP asks. Two passes do not keep people
  // from going on: the game is resumed. An illegal move is a CheckFailure.
  void play_as(Color color, Action action);
  // Why play_as would refuse, as one line: "occupied", "suicide", ...; nothing if it would not.
  std::optional<std::string> why_illegal(Color color, Action action) const;
  // For the player to move, as play() sees it: the end of the game counts.
  std::optional<std::string> why_illegal(Action action) const;

  // Calls visit(p) for the points that only ko or superko forbids to the player to move.
  template <class Visit>
  void for_each_repetition_point(const Visit& visit) const {
    for (const Point p : board_.empty_points()) {
      // Elsewhere neither rule can bite; see Board::was_removed.
      if (!board_.was_removed(p, to_play_) && !rules().suicide) continue;
      const Legality legality = check(p);
      if (legality == Legality::kKo || legality == Legality::kSuperko) visit(p);
    }
  }

 private:
  Legality check(Point p) const;
  bool repeats(Point p) const;
  bool good_in_playout(Point p) const;
  uint64_t situation(uint64_t stones, Color next) const;
  void turn_to(Color color);
  void record();

  std::shared_ptr<const GoGame> game_;
  Board board_;
  PositionHistory history_;
  std::vector<Move> moves_;
  Color to_play_ = Color::kBlack;
  Point ko_ = Point::kNone;  // where to_play_ may not retake at once
  int passes_ = 0;
};

// The stones as the beginning of a game with `to_play` to move: no move before, so no ko, no pass
// and no superko binds.
GoState without_history(const GoState& state, Color to_play);

}  // namespace tengen::envs::go
