// The contract of a game for two players: one position, and all that a search may ask of it.
//
// A State knows its own history as far as the rules need it (superko, repetition). Everybody who
// plays, searches or learns goes through these functions; a new game is one file pair that
// implements them and one line in games.cpp. tests/envs runs one contract test on every game.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/base/rng.h"

namespace tengen::envs {

// The player who moves first is kFirst: Black in Go, X in tic-tac-toe.
enum class Player : int8_t { kFirst = 0, kSecond = 1 };

constexpr Player opponent(Player p) {
  return p == Player::kFirst ? Player::kSecond : Player::kFirst;
}

// An index into the policy: on a board, row * width + column with row 0 at the top; Go's pass
// is the last action.
using Action = int;

// How a game ended, from the point of view of kFirst.
struct Outcome {
  float value = 0.0f;  // +1 kFirst won, -1 kSecond won, 0 a draw
  float score = 0.0f;  // points ahead (Go: area margin after komi); 0 in games without points
};

// What is the same for every position of one game.
struct GameSpec {
  std::string name;  // canonical, as new_game() accepts it: "go:komi=7,size=9"
  int height = 0;    // features are encoded as [height, width, planes]
  int width = 0;
  int planes = 0;
  int actions = 0;    // length of the policy
  int max_moves = 0;  // a game never lasts longer
  // symmetries[s][a] is the image of action a under symmetry s; symmetries[0] is the identity.
  std::vector<std::vector<Action>> symmetries;
};

class State {
 public:
  virtual ~State() = default;

  virtual const GameSpec& spec() const = 0;
  virtual std::unique_ptr<State> clone() const = 0;
  // Makes this equal to `other`, a state of the same game; reuses memory. Hot in the search.
  virtual void copy_from(const State& other) = 0;

  virtual Player to_play() const = 0;
  // Replaces `out` by the legal actions in ascending order; empty if and only if the game is over.
  virtual void legal(std::vector<Action>& out) const = 0;
  // Plays a legal action; an illegal one is a CheckFailure.
  virtual void play(Action action) = 0;
  // Nothing while the game goes on.
  virtual std::optional<Outcome> outcome() const = 0;

  // Equal for positions that the rules and a network cannot tell apart (stones, player to move,
  // ko, what superko forbids as far as the history matters).
  virtual uint64_t key() const = 0;
  // Writes the features of the image under `symmetry` to planes[height * width * planes],
  // channels last, from the point of view of the player to move.
  virtual void encode(int symmetry, float* planes) const = 0;
  // Fills [height * width] at the end of a game: +1 kFirst's point, -1 kSecond's, 0 nobody's.
  // Games without territory leave zeros.
  virtual void ownership(std::span<float> out) const = 0;
  // A quick sensible random move for playouts (Go: never fills its own eye). The game is not over.
  virtual Action playout_move(Rng& rng) const = 0;

  // The position as a person reads it, several lines.
  virtual std::string text() const = 0;
  // Action names as people write them: "D4", "pass". parse returns nothing for nonsense.
  virtual std::string action_text(Action action) const = 0;
  virtual std::optional<Action> parse_action(const std::string& text) const = 0;
};

}  // namespace tengen::envs
