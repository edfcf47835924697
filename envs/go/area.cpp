#include "envs/go/area.h"

#include <array>

#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

// Writes the empty region around `start` to `region` and returns its length; `reached` gets the
// colours at its border, as bits.
int flood(const Board& board, Point start, std::span<bool> visited, std::span<Point> region,
          int& reached) {
  int length = 0;
  reached = 0;
  visited[static_cast<size_t>(start)] = true;
  region[static_cast<size_t>(length++)] = start;
  for (int i = 0; i < length; ++i) {
    for (const Point q : board.neighbours(region[static_cast<size_t>(i)])) {
      const Color c = board[q];
      if (is_stone(c)) {
        reached |= static_cast<int>(c);
      } else if (c == Color::kEmpty && !visited[static_cast<size_t>(q)]) {
        visited[static_cast<size_t>(q)] = true;
        region[static_cast<size_t>(length++)] = q;
      }
    }
  }
  return length;
}

// +1 for Black, -1 for White, 0 for nobody or (both bits set) disputed.
int sign(int colors) {
  return colors == static_cast<int>(Color::kBlack)   ? 1
         : colors == static_cast<int>(Color::kWhite) ? -1
                                                     : 0;
}

}  // namespace

int area_owners(const Board& board, std::span<Color> owners) {
  CHECK((owners.empty() || owners.size() == static_cast<size_t>(board.area())));
  std::array<bool, kMaxPoints> visited{};
  std::array<Point, kMaxSize * kMaxSize> region;
  int margin = 0;
  for (int i = 0; i < board.area(); ++i) {
    const Color c = board[board.at_index(i)];
    margin += sign(static_cast<int>(c));
    if (!owners.empty()) owners[static_cast<size_t>(i)] = c;
  }
  for (const Point start : board.empty_points()) {
    if (visited[static_cast<size_t>(start)]) continue;
    int reached = 0;
    const int length = flood(board, start, visited, region, reached);
    margin += sign(reached) * length;
    if (owners.empty() || sign(reached) == 0) continue;
    for (int i = 0; i < length; ++i)
      owners[static_cast<size_t>(board.index(region[static_cast<size_t>(i)]))] =
          static_cast<Color>(reached);
  }
  return margin;
}

int area_margin(const Board& board) { return area_owners(board, {}); }

}  // namespace tengen::envs::go
