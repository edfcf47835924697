#include "envs/go/pass_alive.h"

#include <array>

#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

constexpr int kMaxRegions = kMaxSize * kMaxSize;

// A region and a chain of the colour at its border.
struct Touch {
  uint16_t region;
  Point head;
  bool vital;  // every point that counts is a liberty of the chain: one sure eye
};

// Benson's algorithm for one colour. A region is a maximal connected set of points that are not
// of that colour.
class Benson {
 public:
  Benson(const Board& board, Color color, bool suicide)
      : board_(board), color_(color), suicide_(suicide) {}

  void mark(std::span<Color> owners) {
    visited_.fill(false);
    for (int i = 0; i < board_.area(); ++i) {
      const Point p = board_.at_index(i);
      if (board_[p] != color_ && !visited_[static_cast<size_t>(p)]) find_region(p);
    }
    if (regions_ < 2) return;  // two vital regions are needed
    drop_until_stable();
    write(owners);
  }

 private:
  // Collects the region of `start`, the chains that touch it and which of them it is vital to.
  void find_region(Point start) {
    const int begin = points_end_;
    const int first_touch = touches_end_;
    int must = 0;      // points that have to be liberties of a chain to make it vital
    int interior = 0;  // points that touch no stone of the colour
    push(start);
    for (int i = begin; i < points_end_; ++i) {
      const Point p = points_[static_cast<size_t>(i)];
      const bool counts = suicide_ || board_[p] == Color::kEmpty;
      must += counts;
      interior += !visit(p, first_touch, counts);
    }
    for (int t = first_touch; t < touches_end_; ++t) {
      Touch& touch = touches_[static_cast<size_t>(t)];
      touch.vital = counts_[static_cast<size_t>(t)] == must;
      alive_[static_cast<size_t>(touch.head)] = true;
    }
    // Two points away from the enclosing stones could become two eyes.
    owned_[static_cast<size_t>(regions_)] = touches_end_ > first_touch && interior <= 1;
    ends_[static_cast<size_t>(regions_++)] = points_end_;
  }

  // Spreads to the neighbours of p and notes the chains there; false if there are none.
  bool visit(Point p, int first_touch, bool counts) {
    std::array<Point, 4> seen{};
    int heads = 0;
    for (const Point q : board_.neighbours(p)) {
      const Color c = board_[q];
      if (c == Color::kBorder) continue;
      if (c != color_) {
        if (!visited_[static_cast<size_t>(q)]) push(q);
        continue;
      }
      const Point head = board_.head(q);
      bool known = false;
      for (int i = 0; i < heads; ++i) known |= seen[static_cast<size_t>(i)] == head;
      if (known) continue;
      seen[static_cast<size_t>(heads++)] = head;
      const size_t touch = touch_of(head, first_touch);
      if (counts) ++counts_[touch];
    }
    return heads > 0;
  }

  size_t touch_of(Point head, int first_touch) {
    int t = first_touch;
    while (t < touches_end_ && touches_[static_cast<size_t>(t)].head != head) ++t;
    if (t == touches_end_) {
      touches_[static_cast<size_t>(t)] = {static_cast<uint16_t>(regions_), head, false};
      counts_[static_cast<size_t>(t)] = 0;
      ++touches_end_;
    }
    return static_cast<size_t>(t);
  }

  void push(Point p) {
    visited_[static_cast<size_t>(p)] = true;
    points_[static_cast<size_t>(points_end_++)] = p;
  }

  // Drops chains with fewer than two vital regions and regions that touch a dropped chain, until
  // nothing changes. sound_[region]: all its chains still stand.
  void drop_until_stable() {
    sound_.fill(true);
    for (bool changed = true; changed;) {
      changed = false;
      for (int t = 0; t < touches_end_; ++t) eyes_[head_at(t)] = 0;
      for (int t = 0; t < touches_end_; ++t) {
        const Touch& touch = touches_[static_cast<size_t>(t)];
        if (touch.vital && sound_[touch.region]) ++eyes_[head_at(t)];
      }
      for (int t = 0; t < touches_end_; ++t) {
        if (eyes_[head_at(t)] >= 2 && alive_[head_at(t)]) continue;
        alive_[head_at(t)] = false;
        bool& sound = sound_[touches_[static_cast<size_t>(t)].region];
        changed |= sound;
        sound = false;
      }
    }
  }

  size_t head_at(int touch) const {
    return static_cast<size_t>(touches_[static_cast<size_t>(touch)].head);
  }

  void write(std::span<Color> owners) const {
    // Every chain has a liberty, so it touches a region and alive_ is set at its head.
    for (int i = 0; i < board_.area(); ++i) {
      const Point p = board_.at_index(i);
      if (board_[p] == color_ && alive_[static_cast<size_t>(board_.head(p))])
        owners[static_cast<size_t>(i)] = color_;
    }
    int begin = 0;
    for (int r = 0; r < regions_; ++r) {
      const int end = ends_[static_cast<size_t>(r)];
      if (sound_[static_cast<size_t>(r)] && owned_[static_cast<size_t>(r)])
        for (int i = begin; i < end; ++i)
          owners[static_cast<size_t>(board_.index(points_[static_cast<size_t>(i)]))] = color_;
      begin = end;
    }
  }

  const Board& board_;
  const Color color_;
  const bool suicide_;

  // Filled as far as the counters say, and left raw beyond: this runs once for every encoding.
  std::array<bool, kMaxPoints> visited_;
  std::array<bool, kMaxPoints> alive_;     // by head
  std::array<uint16_t, kMaxPoints> eyes_;  // by head: vital regions
  std::array<Point, kMaxRegions> points_;  // region after region
  std::array<int, kMaxRegions> ends_;      // where each region ends in points_
  std::array<bool, kMaxRegions> owned_;
  std::array<bool, kMaxRegions> sound_;
  std::array<Touch, 4 * kMaxRegions> touches_;  // region after region
  std::array<uint16_t, 4 * kMaxRegions> counts_;
  int points_end_ = 0;
  int regions_ = 0;
  int touches_end_ = 0;
};

}  // namespace

void pass_alive(const Board& board, bool suicide, std::span<Color> owners) {
  CHECK(owners.size() == static_cast<size_t>(board.area()));
  for (Color& owner : owners) owner = Color::kEmpty;
  Benson(board, Color::kBlack, suicide).mark(owners);
  Benson(board, Color::kWhite, suicide).mark(owners);
}

}  // namespace tengen::envs::go
