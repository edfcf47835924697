#include "envs/go/handicap.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

// The third line, or the fourth on boards from 13.
int edge_line(int size) { return size >= 13 ? 3 : 2; }

// How good the next free stone is at `action`: far from the stones, then near the handicap lines.
int free_merit(int size, int action, const std::vector<Action>& stones) {
  const int row = action / size;
  const int column = action % size;
  int nearest = 2 * size;
  for (const Action s : stones)
    nearest = std::min(nearest, std::abs(s / size - row) + std::abs(s % size - column));
  const auto off_line = [&](int at) {
    return std::abs(std::min(at, size - 1 - at) - std::min(edge_line(size), (size - 1) / 2));
  };
  return nearest * 4 * size - off_line(row) - off_line(column);
}

}  // namespace

int max_fixed_handicap(int size) {
  if (size < 7) return 0;
  return size % 2 == 0 || size == 7 ? 4 : 9;
}

std::vector<Action> fixed_handicap(int size, int stones) {
  const int most = max_fixed_handicap(size);
  if (most == 0) throw Error("no fixed handicap on a board of size " + std::to_string(size));
  if (stones < 2 || stones > most)
    throw Error("a fixed handicap on this board is from 2 to " + std::to_string(most));
  const int low = edge_line(size);
  const int high = size - 1 - low;
  const int middle = size / 2;
  // Rows from the top: the first stone is lower left, the second upper right.
  const auto at = [&](int row, int column) { return row * size + column; };
  std::vector<Action> points{at(high, low), at(low, high), at(low, low), at(high, high)};
  if (stones >= 6) points.insert(points.end(), {at(middle, low), at(middle, high)});
  if (stones >= 8) points.insert(points.end(), {at(high, middle), at(low, middle)});
  points.resize(static_cast<size_t>(stones - stones % 2 * (stones > 4)), 0);
  if (stones > 4 && stones % 2 == 1) points.push_back(at(middle, middle));
  return points;
}

std::vector<Action> free_handicap(int size, int stones) {
  if (stones < 2 || stones >= size * size)
    throw Error("a free handicap on this board is from 2 to " + std::to_string(size * size - 1));
  const int fixed = std::min(stones, max_fixed_handicap(size));
  std::vector<Action> points;
  if (fixed >= 2) points = fixed_handicap(size, fixed);
  while (static_cast<int>(points.size()) < stones) {
    std::pair<int, Action> best{-1, 0};
    for (Action a = 0; a < size * size; ++a) {
      if (std::find(points.begin(), points.end(), a) != points.end()) continue;
      best = std::max(best, {free_merit(size, a, points), -a});
    }
    points.push_back(-best.second);
  }
  return points;
}

}  // namespace tengen::envs::go
