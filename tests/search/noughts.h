// Tic-tac-toe as a State of the tests' own, so that the search is tested without envs/.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "envs/state.h"
#include "nn/base/check.h"

namespace tengen::search {

class Noughts : public envs::State {
 public:
  Noughts() = default;
  explicit Noughts(std::initializer_list<envs::Action> moves) {
    for (const envs::Action a : moves) play(a);
  }

  const envs::GameSpec& spec() const override {
    static const envs::GameSpec spec = [] {
      envs::GameSpec s;
      s.name = "noughts";
      s.height = s.width = 3;
      s.planes = 2;
      s.actions = 9;
      s.max_moves = 9;
      return s;
    }();
    return spec;
  }
  std::unique_ptr<State> clone() const override { return std::make_unique<Noughts>(*this); }
  void copy_from(const State& other) override { *this = static_cast<const Noughts&>(other); }
  envs::Player to_play() const override {
    return moves_ % 2 == 0 ? envs::Player::kFirst : envs::Player::kSecond;
  }
  void legal(std::vector<envs::Action>& out) const override {
    out.clear();
    if (outcome()) return;
    for (int i = 0; i < 9; ++i) {
      if (cells_[static_cast<size_t>(i)] == 0) out.push_back(i);
    }
  }
  void play(envs::Action action) override {
    int8_t& cell = cells_.at(static_cast<size_t>(action));
    CHECK(cell == 0);
    cell = to_play() == envs::Player::kFirst ? 1 : -1;
    ++moves_;
  }
  std::optional<envs::Outcome> outcome() const override {
    static constexpr int kLines[8][3] = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6},
                                         {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}};
    for (const auto& line : kLines) {
      int sum = 0;
      for (const int i : line) sum += cells_[static_cast<size_t>(i)];
      if (sum == 3) return envs::Outcome{1.0f, 10.0f};
      if (sum == -3) return envs::Outcome{-1.0f, -10.0f};
    }
    if (moves_ == 9) return envs::Outcome{};
    return std::nullopt;
  }
  uint64_t key() const override {
    uint64_t key = 1;
    for (const int8_t cell : cells_) key = key * 3 + static_cast<uint64_t>(cell + 1);
    return mix64(key);
  }
  void encode(int, float* planes) const override {
    for (size_t i = 0; i < 9; ++i) {
      planes[2 * i] = cells_[i] > 0 ? 1.0f : 0.0f;
      planes[2 * i + 1] = cells_[i] < 0 ? 1.0f : 0.0f;
    }
  }
  void ownership(std::span<float> out) const override {
    for (float& x : out) x = 0.0f;
  }
  envs::Action playout_move(Rng& rng) const override {
    std::vector<envs::Action> moves;
    legal(moves);
    return moves[rng.below(static_cast<uint32_t>(moves.size()))];
  }
  std::string text() const override { return "noughts"; }
  std::string action_text(envs::Action action) const override { return std::to_string(action); }
  std::optional<envs::Action> parse_action(const std::string&) const override {
    return std::nullopt;
  }

 private:
  std::array<int8_t, 9> cells_{};
  int moves_ = 0;
};

}  // namespace tengen::search
