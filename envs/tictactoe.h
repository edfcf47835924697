// Tic-tac-toe: the smallest game of the house, for tests and for learning runs of a minute.
#pragma once

#include <array>
#include <memory>

#include "envs/state.h"

namespace tengen::envs {

// Planes: own marks, the opponent's marks, ones. Action row * 3 + column.
class TicTacToe final : public State {
 public:
  TicTacToe();

  const GameSpec& spec() const override { return *spec_; }
  std::unique_ptr<State> clone() const override { return std::make_unique<TicTacToe>(*this); }
  void copy_from(const State& other) override;
  Player to_play() const override;
  void legal(std::vector<Action>& out) const override;
  void play(Action action) override;
  std::optional<Outcome> outcome() const override;
  uint64_t key() const override;
  void encode(int symmetry, float* planes) const override;
  void ownership(std::span<float> out) const override;
  Action playout_move(Rng& rng) const override;
  std::string text() const override;
  std::string action_text(Action action) const override;  // "a1" is the lower left corner
  std::optional<Action> parse_action(const std::string& text) const override;

 private:
  uint32_t taken() const { return marks_[0] | marks_[1]; }

  std::shared_ptr<const GameSpec> spec_;
  std::array<uint32_t, 2> marks_{};  // bit a: the player has taken action a
  int moves_ = 0;
};

}  // namespace tengen::envs
