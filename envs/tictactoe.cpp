#include "envs/tictactoe.h"

#include <cctype>

#include "envs/symmetry.h"
#include "nn/base/check.h"

namespace tengen::envs {
namespace {

constexpr int kSide = 3;
constexpr int kCells = kSide * kSide;
constexpr uint32_t kFull = (1u << kCells) - 1;
constexpr int kPlanes = 3;
constexpr std::array<uint32_t, 8> kLines{0007, 0070, 0700, 0111, 0222, 0444, 0421, 0124};

bool has_line(uint32_t marks) {
  for (const uint32_t line : kLines)
    if ((marks & line) == line) return true;
  return false;
}

}  // namespace

TicTacToe::TicTacToe() {
  GameSpec spec;
  spec.name = "tictactoe";
  spec.height = spec.width = kSide;
  spec.planes = kPlanes;
  spec.actions = spec.max_moves = kCells;
  spec.symmetries = square_symmetries(kSide, false);
  spec_ = std::make_shared<const GameSpec>(std::move(spec));
}

void TicTacToe::copy_from(const State& other) {
  const auto& from = static_cast<const TicTacToe&>(other);
  marks_ = from.marks_;
  moves_ = from.moves_;
}

Player TicTacToe::to_play() const { return moves_ % 2 == 0 ? Player::kFirst : Player::kSecond; }

void TicTacToe::legal(std::vector<Action>& out) const {
  out.clear();
  if (outcome()) return;
  for (Action a = 0; a < kCells; ++a)
    if (!(taken() >> a & 1)) out.push_back(a);
}

void TicTacToe::play(Action action) {
  CHECK(action >= 0);
  CHECK(action < kCells);
  CHECK((taken() >> action & 1) == 0u);
  CHECK(!outcome().has_value());
  marks_[static_cast<size_t>(moves_ % 2)] |= 1u << action;
  ++moves_;
}

std::optional<Outcome> TicTacToe::outcome() const {
  if (has_line(marks_[0])) return Outcome{.value = 1.0f};
  if (has_line(marks_[1])) return Outcome{.value = -1.0f};
  if (taken() == kFull) return Outcome{};
  return std::nullopt;
}

// The number of marks tells whose turn it is.
uint64_t TicTacToe::key() const {
  return mix64(0x7469637461637465ull ^ (uint64_t{marks_[0]} << 16 | marks_[1]));
}

void TicTacToe::encode(int symmetry, float* planes) const {
  CHECK(symmetry >= 0);
  CHECK(symmetry < static_cast<int>(spec_->symmetries.size()));
  const std::vector<Action>& image = spec_->symmetries[static_cast<size_t>(symmetry)];
  const uint32_t own = marks_[static_cast<size_t>(moves_ % 2)];
  const uint32_t others = taken() ^ own;
  for (Action a = 0; a < kCells; ++a) {
    float* cell = planes + image[static_cast<size_t>(a)] * kPlanes;
    cell[0] = static_cast<float>(own >> a & 1);
    cell[1] = static_cast<float>(others >> a & 1);
    cell[2] = 1.0f;
  }
}

void TicTacToe::ownership(std::span<float> out) const {
  CHECK(out.size() == static_cast<size_t>(kCells));
  for (float& x : out) x = 0.0f;
}

Action TicTacToe::playout_move(Rng& rng) const {
  CHECK(taken() != kFull);
  uint32_t skip = rng.below(static_cast<uint32_t>(kCells - moves_));
  for (Action a = 0;; ++a)
    if (!(taken() >> a & 1) && skip-- == 0) return a;
}

std::string TicTacToe::text() const {
  std::string out;
  for (int row = 0; row < kSide; ++row) {
    out += std::to_string(kSide - row);
    for (int column = 0; column < kSide; ++column) {
      const int a = row * kSide + column;
      out += ' ';
      out += marks_[0] >> a & 1 ? 'X' : marks_[1] >> a & 1 ? 'O' : '.';
    }
    out += '\n';
  }
  out += "  a b c\n";
  if (outcome()) return out + "the game is over\n";
  return out + (to_play() == Player::kFirst ? "X to play\n" : "O to play\n");
}

std::string TicTacToe::action_text(Action action) const {
  return static_cast<char>('a' + action % kSide) + std::to_string(kSide - action / kSide);
}

std::optional<Action> TicTacToe::parse_action(const std::string& text) const {
  if (text.size() != 2) return std::nullopt;
  const int column = std::tolower(static_cast<unsigned char>(text[0])) - 'a';
  const int row = kSide - (text[1] - '0');
  if (column < 0 || column >= kSide || row < 0 || row >= kSide) return std::nullopt;
  return row * kSide + column;
}

}  // namespace tengen::envs
