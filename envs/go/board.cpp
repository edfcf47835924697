#include "envs/go/board.h"

#include <cassert>
#include <utility>

#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

int array_length(int size) { return (size + 2) * (size + 1) + 1; }

}  // namespace

void Board::Chain::add(Point p) {
  const uint32_t i = static_cast<uint32_t>(p);
  ++edges;
  sum += i;
  squares += i * i;
}

void Board::Chain::remove(Point p) {
  const uint32_t i = static_cast<uint32_t>(p);
  --edges;
  sum -= i;
  squares -= i * i;
}

void Board::Chain::join(const Chain& other) {
  stones = static_cast<uint16_t>(stones + other.stones);
  edges = static_cast<uint16_t>(edges + other.edges);
  sum += other.sum;
  squares += other.squares;
}

Board::Board(int size)
    : size_(size),
      stride_(size + 1),
      colors_(array_length(size), Color::kBorder),
      removed_(array_length(size)),
      heads_(array_length(size)),
      next_(array_length(size)),
      chains_(array_length(size)),
      slots_(array_length(size)) {
  CHECK(size >= 1);
  CHECK(size <= kMaxSize);
  empty_.reserve(static_cast<size_t>(area()));
  for (int i = 0; i < area(); ++i) {
    const Point p = at_index(i);
    colors_[p] = Color::kEmpty;
    slots_[p] = static_cast<uint16_t>(i);
    empty_.push_back(p);
  }
}

int Board::play(Point p, Color color) {
  assert(colors_[p] == Color::kEmpty);
  colors_[p] = color;
  hash_ ^= zobrist(p, color);
  slots_[empty_.back()] = slots_[p];
  empty_[slots_[p]] = empty_.back();
  empty_.pop_back();

  const auto around = neighbours(p);
  Chain chain{.stones = 1};
  for (const Point q : around) {
    if (colors_[q] == Color::kEmpty)
      chain.add(q);
    else if (is_stone(colors_[q]))
      chains_[heads_[q]].remove(p);
  }
  heads_[p] = p;
  next_[p] = p;
  chains_[p] = chain;

  int captured = 0;
  const Color enemy = opponent(color);
  for (const Point q : around)
    if (colors_[q] == enemy && chains_[heads_[q]].edges == 0) captured += remove_chain(q);
  for (const Point q : around)
    if (colors_[q] == color && heads_[q] != heads_[p]) join_chains(p, q);
  if (chains_[heads_[p]].edges == 0) remove_chain(p);
  return captured;
}

int Board::remove_chain(Point stone) {
  const Color color = colors_[stone];
  int count = 0;
  Point s = stone;
  do {
    colors_[s] = Color::kEmpty;
    removed_[s] |= static_cast<uint8_t>(color);
    hash_ ^= zobrist(s, color);
    slots_[s] = static_cast<uint16_t>(empty_.size());
    empty_.push_back(s);
    // Stones of the chain itself may be told too; their record dies with them.
    for (const Point q : neighbours(s))
      if (is_stone(colors_[q])) chains_[heads_[q]].add(s);
    ++count;
    s = next_[s];
  } while (s != stone);
  return count;
}

void Board::join_chains(Point a, Point b) {
  Point keep = heads_[a];
  Point drop = heads_[b];
  if (chains_[keep].stones < chains_[drop].stones) std::swap(keep, drop);
  chains_[keep].join(chains_[drop]);
  Point s = drop;
  do {
    heads_[s] = keep;
    s = next_[s];
  } while (s != drop);
  std::swap(next_[keep], next_[drop]);  // two circles become one
}

bool Board::is_suicide(Point p, Color color) const {
  for (const Point q : neighbours(p)) {
    const Color c = colors_[q];
    if (c == Color::kEmpty) return false;
    // An own chain with another liberty lends it; an enemy chain without one is captured.
    if (c != Color::kBorder && (c == color) != in_atari(q)) return false;
  }
  return true;
}

uint64_t Board::chain_hash(Point stone) const {
  uint64_t hash = 0;
  const Color color = colors_[stone];
  Point s = stone;
  do {
    hash ^= zobrist(s, color);
    s = next_[s];
  } while (s != stone);
  return hash;
}

uint64_t Board::hash_after(Point p, Color color) const {
  // The chains that go: enemy chains in atari, or else, in a suicide, the own ones.
  const bool suicide = is_suicide(p, color);
  const Color victim = suicide ? color : opponent(color);
  uint64_t hash = suicide ? hash_ : hash_ ^ zobrist(p, color);
  std::array<Point, 4> gone{};
  int count = 0;
  for (const Point q : neighbours(p)) {
    if (colors_[q] != victim || !in_atari(q)) continue;
    bool known = false;
    for (int i = 0; i < count; ++i) known |= gone[static_cast<size_t>(i)] == heads_[q];
    if (known) continue;
    gone[static_cast<size_t>(count++)] = heads_[q];
    hash ^= chain_hash(q);
  }
  return hash;
}

bool Board::is_eye(Point p, Color color) const {
  bool edge = false;
  for (const Point q : neighbours(p)) {
    if (colors_[q] == Color::kBorder)
      edge = true;
    else if (colors_[q] != color)
      return false;
  }
  int enemies = 0;
  for (const int d : {-stride_ - 1, -stride_ + 1, stride_ - 1, stride_ + 1})
    enemies += colors_[p + d] == opponent(color);
  return enemies + edge < 2;
}

int Board::liberties(Point stone, int limit) const {
  const Chain& chain = chains_[heads_[stone]];
  if (chain.one_liberty()) return 1;
  if (chain.stones == 1) return chain.edges < limit ? chain.edges : limit;
  std::array<Point, 4 * kMaxSize * kMaxSize> found;
  int count = 0;
  Point s = stone;
  do {
    for (const Point q : neighbours(s)) {
      if (colors_[q] != Color::kEmpty) continue;
      bool known = false;
      for (int i = 0; i < count && !known; ++i) known = found[static_cast<size_t>(i)] == q;
      if (known) continue;
      found[static_cast<size_t>(count++)] = q;
      if (count >= limit) return limit;
    }
    s = next_[s];
  } while (s != stone);
  return count;
}

bool Board::operator==(const Board& other) const {
  if (size_ != other.size_ || hash_ != other.hash_) return false;
  for (int i = 0; i < area(); ++i)
    if (colors_[at_index(i)] != other.colors_[at_index(i)]) return false;
  return true;
}

}  // namespace tengen::envs::go
