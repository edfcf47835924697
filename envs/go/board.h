// Stones, chains and captures on a square board: no turns, no ko, no score.
//
// Chains are circular lists with a head; the head keeps the number of pseudo-liberties (pairs of a
// stone and an empty neighbour) and the sums of their indices and squares. By Cauchy-Schwarz
// edges * squares == sum * sum exactly if all pseudo-liberties are one point, so "in atari" is one
// comparison and a move is a few additions. Everything is in flat vectors of trivial types: a copy
// is five memmoves.
#pragma once

#include <span>

#include "envs/go/point.h"
#include "nn/base/rng.h"

namespace tengen::envs::go {

class Board {
 public:
  explicit Board(int size);  // 1 .. kMaxSize

  int size() const { return size_; }
  int stride() const { return stride_; }
  int area() const { return size_ * size_; }
  // Row 0 is the top row, column 0 the left one.
  Point point(int row, int column) const {
    return static_cast<Point>((row + 1) * stride_ + column + 1);
  }
  // The action of a point, row * size + column, and back.
  int index(Point p) const {
    const int rest = static_cast<int>(p) - stride_ - 1;
    return rest - rest / stride_;
  }
  Point at_index(int index) const {
    return static_cast<Point>(index + index / size_ + stride_ + 1);
  }
  std::array<Point, 4> neighbours(Point p) const {
    return {p - stride_, p - 1, p + 1, p + stride_};
  }

  Color operator[](Point p) const { return colors_[p]; }
  // The empty points in an order that depends on the moves played.
  std::span<const Point> empty_points() const { return empty_; }
  // Zobrist hash of the stones.
  uint64_t hash() const { return hash_; }

  // Puts a stone on an empty point and removes what has no liberty: first enemy chains, then its
  // own. Returns how many enemy stones were captured.
  int play(Point p, Color color);
  // Takes a chain off the board, as dead stones are at the end of a game. Returns its size.
  int remove_chain(Point stone);

  // The stone would be without liberty and capture nothing. `p` is empty.
  bool is_suicide(Point p, Color color) const;
  // The hash after play(p, color).
  uint64_t hash_after(Point p, Color color) const;
  // A stone of this colour was removed from this point since the board was empty. A position in
  // which `color` takes `p` can only repeat an earlier one where this holds.
  bool was_removed(Point p, Color color) const {
    return (removed_[p] & static_cast<uint8_t>(color)) != 0;
  }
  // All neighbours are of this colour (or border), and so many of the diagonal points that the
  // point is a real eye or can become one: at most one enemy stone, none at the edge.
  bool is_eye(Point p, Color color) const;

  // Chains, for stones only.
  Point head(Point stone) const { return heads_[stone]; }
  Point next(Point stone) const { return next_[stone]; }  // circular through the chain
  int stones(Point stone) const { return chains_[heads_[stone]].stones; }
  bool in_atari(Point stone) const { return chains_[heads_[stone]].one_liberty(); }
  // The only liberty of a chain in atari.
  Point atari_liberty(Point stone) const {
    const Chain& chain = chains_[heads_[stone]];
    return static_cast<Point>(chain.sum / chain.edges);
  }
  // Number of liberties, counted no further than `limit`.
  int liberties(Point stone, int limit) const;

  // Same stones; the ways there may differ.
  bool operator==(const Board& other) const;

 private:
  struct Chain {
    uint16_t stones = 0;
    uint16_t edges = 0;    // pseudo-liberties
    uint32_t sum = 0;      // of their indices
    uint32_t squares = 0;  // of the squares of their indices
    void add(Point p);
    void remove(Point p);
    void join(const Chain& other);
    bool one_liberty() const { return uint64_t{edges} * squares == uint64_t{sum} * sum; }
  };

  static uint64_t zobrist(Point p, Color color) {
    return mix64((static_cast<uint64_t>(p) << 2 | static_cast<uint64_t>(color)) ^
                 0x476f2d73746f6e65ull);
  }
  uint64_t chain_hash(Point stone) const;
  void join_chains(Point a, Point b);

  int size_;
  int stride_;
  uint64_t hash_ = 0;
  PointMap<Color> colors_;
  PointMap<uint8_t> removed_;  // bits of Color: was removed from here
  PointMap<Point> heads_;
  PointMap<Point> next_;
  PointMap<Chain> chains_;    // valid at heads
  PointMap<uint16_t> slots_;  // where in empty_ an empty point stands
  std::vector<Point> empty_;
};

}  // namespace tengen::envs::go
