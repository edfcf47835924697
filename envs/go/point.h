// Colours, points and moves of Go, as types that cannot be mixed up.
//
// A board of size n lives in a flat array with a border: rows are n + 1 apart, the border column
// is shared by the right end of one row and the left end of the next. Point p has its neighbours
// at p - 1, p + 1, p - stride and p + stride, and no neighbour needs a range check.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "envs/state.h"

namespace tengen::envs::go {

inline constexpr int kMaxSize = 25;  // as many columns as there are letters without I
// Length of the flat array of the largest board.
inline constexpr int kMaxPoints = (kMaxSize + 2) * (kMaxSize + 1) + 1;

enum class Color : uint8_t { kEmpty = 0, kBlack = 1, kWhite = 2, kBorder = 3 };

constexpr Color opponent(Color c) { return static_cast<Color>(3 - static_cast<int>(c)); }
constexpr bool is_stone(Color c) { return c == Color::kBlack || c == Color::kWhite; }
constexpr Color color_of(Player p) { return p == Player::kFirst ? Color::kBlack : Color::kWhite; }
constexpr Player player_of(Color c) {
  return c == Color::kBlack ? Player::kFirst : Player::kSecond;
}

// An index into the bordered array. Index 0 is a corner of the border: kNone, and in a Move a pass.
enum class Point : uint16_t { kNone = 0 };

constexpr Point operator+(Point p, int offset) {
  return static_cast<Point>(static_cast<int>(p) + offset);
}
constexpr Point operator-(Point p, int offset) { return p + -offset; }

// One T for every index of the bordered array. Copies of equal length are one memmove.
template <class T>
class PointMap {
 public:
  explicit PointMap(int points, T value = T{}) : items_(static_cast<size_t>(points), value) {}
  T& operator[](Point p) { return items_[static_cast<size_t>(p)]; }
  const T& operator[](Point p) const { return items_[static_cast<size_t>(p)]; }

 private:
  std::vector<T> items_;
};

struct Move {
  Point point = Point::kNone;  // kNone: a pass
  Color color = Color::kEmpty;
  bool operator==(const Move&) const = default;
};

}  // namespace tengen::envs::go
