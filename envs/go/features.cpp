#include "envs/go/features.h"

#include <algorithm>
#include <array>

#include "envs/go/pass_alive.h"
#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

enum Plane : int {
  kStones = 0,
  kLiberties = 2,
  kForbidden = 8,
  kHistory = 9,
  kPassAlive = 14,
  kKomi = 16,
  kBlackToMove = 17,
  kLastWasPass = 18,
  kOne = 19,
};

constexpr float kKomiUnit = 10.0f;
constexpr int kCountedLiberties = 3;

// Writes single features to the cells of the image.
class Canvas {
 public:
  Canvas(const GoState& state, int symmetry, float* planes)
      : board_(state.board()),
        image_(state.spec().symmetries[static_cast<size_t>(symmetry)]),
        planes_(planes) {}

  void set(Point p, int plane) { set(board_.index(p), plane); }
  void set(Action a, int plane) {
    planes_[image_[static_cast<size_t>(a)] * kPlanes + plane] = 1.0f;
  }

 private:
  const Board& board_;
  const std::vector<Action>& image_;
  float* planes_;
};

// Constant planes everywhere, zeros elsewhere.
void fill_background(const GoState& state, float* planes) {
  std::array<float, kPlanes> cell{};
  const bool black = state.color_to_play() == Color::kBlack;
  cell[kKomi] = (black ? -state.rules().komi : state.rules().komi) / kKomiUnit;
  cell[kBlackToMove] = black ? 1.0f : 0.0f;
  cell[kLastWasPass] = state.passes() > 0 ? 1.0f : 0.0f;
  cell[kOne] = 1.0f;
  for (int i = 0; i < state.board().area(); ++i)
    std::copy(cell.begin(), cell.end(), planes + i * kPlanes);
}

void set_stones(const GoState& state, Canvas& canvas) {
  const Board& board = state.board();
  std::array<int8_t, kMaxPoints> counted;  // by head, 0: not yet
  counted.fill(0);
  for (int i = 0; i < board.area(); ++i) {
    const Point p = board.at_index(i);
    if (!is_stone(board[p])) continue;
    const int side = board[p] == state.color_to_play() ? 0 : 1;
    canvas.set(i, kStones + side);
    int8_t& liberties = counted[static_cast<size_t>(board.head(p))];
    if (liberties == 0) liberties = static_cast<int8_t>(board.liberties(p, kCountedLiberties + 1));
    if (liberties <= kCountedLiberties)
      canvas.set(i, kLiberties + side * kCountedLiberties + liberties - 1);
  }
}

void set_history(const GoState& state, Canvas& canvas) {
  const std::vector<Move>& moves = state.moves();
  const size_t count = std::min<size_t>(moves.size(), kHistoryPlanes);
  for (size_t i = 0; i < count; ++i) {
    const Point p = moves[moves.size() - 1 - i].point;
    if (p != Point::kNone) canvas.set(p, kHistory + static_cast<int>(i));
  }
}

void set_pass_alive(const GoState& state, Canvas& canvas) {
  const Board& board = state.board();
  std::array<Color, kMaxSize * kMaxSize> owners;
  const auto owned = std::span(owners).first(static_cast<size_t>(board.area()));
  pass_alive(board, state.rules().suicide, owned);
  for (int i = 0; i < board.area(); ++i) {
    const Color owner = owners[static_cast<size_t>(i)];
    if (owner != Color::kEmpty)
      canvas.set(i, kPassAlive + (owner == state.color_to_play() ? 0 : 1));
  }
}

}  // namespace

void encode_features(const GoState& state, int symmetry, float* planes) {
  CHECK(symmetry >= 0);
  CHECK(symmetry < static_cast<int>(state.spec().symmetries.size()));
  Canvas canvas(state, symmetry, planes);
  fill_background(state, planes);
  set_stones(state, canvas);
  state.for_each_repetition_point([&](Point p) { canvas.set(p, kForbidden); });
  set_history(state, canvas);
  set_pass_alive(state, canvas);
}

}  // namespace tengen::envs::go
