// The tree: nodes and edges in an arena, joined by handles.
//
//   Node ──edges──> [Edge Edge Edge …]      one edge for each legal move, in ascending action
//                      │child                kNone until the move is first tried
//                      v
//                     Node
//
// Point of view: every value and score in the tree is kFirst's. Whoever chooses or reports turns
// it round for kSecond; nothing else does, so games need not alternate strictly.
//
// What several threads may do at the same time, without locks (after Enzenberger and Müller 2009,
// "A lock-free multithreaded Monte-Carlo tree search algorithm", where more is left to chance):
//  - Sums and counts are integers and change only by atomic addition. Additions commute, so the
//    totals do not depend on the order of threads. A reader may see a visit without its value;
//    its mean is off by less than one visit, for one descent.
//  - A node's edges are written once, by the thread that took it from kFresh to kClaimed, and are
//    published by storing kExpanded with release. Who reads kExpanded with acquire sees them.
//  - `value` and `score` of a node that will not grow are published in the same way by kTerminal
//    or kFull.
//  - A child is made by whoever first wants it: the node is initialised, then its handle is set
//    by compare-and-swap with release. The loser of a race uses the winner's child.
//  - root(), keep() and clear() belong to one thread while nobody else is in the tree.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

#include "envs/state.h"
#include "search/arena.h"

namespace tengen::search {

enum class Phase : uint8_t {
  kFresh,     // never judged
  kClaimed,   // a row is on its way to be judged
  kExpanded,  // edges stand
  kTerminal,  // the game is over: value and score stand
  kFull,      // judged, but there was no memory for edges: value and score stand
};

struct Edge {
  std::atomic<Handle> child{kNone};
  float prior = 0.0f;
  envs::Action action = 0;
};
static_assert(sizeof(Edge) <= 16);

// Sums are fixed point so that additions are exact. |value| <= 1 and |score| <= 1024 leave room
// for 2^31 visits.
inline constexpr double kValueUnit = 1.0 / (1 << 30);
inline constexpr double kScoreUnit = 1.0 / (1 << 20);
inline constexpr float kMaxScore = 1024.0f;

// Turns kFirst's point of view into that of `player` and back.
inline float sign_of(envs::Player player) { return player == envs::Player::kFirst ? 1.0f : -1.0f; }
// What the sums can hold: within +-most, and 0 for what is not a number.
inline float bounded(float x, float most) {
  return std::isfinite(x) ? std::clamp(x, -most, most) : 0.0f;
}

struct Node {
  // First what the parent's choice reads, so that it is mostly one cache line.
  std::atomic<int64_t> value_sum{0};  // in kValueUnit
  std::atomic<int32_t> visits{0};
  std::atomic<int32_t> pending{0};    // rows under way through this node
  std::atomic<int64_t> score_sum{0};  // in kScoreUnit
  Handle edges = kNone;
  int32_t edge_count = 0;
  float value = 0.0f;  // of kTerminal and kFull
  float score = 0.0f;
  std::atomic<Phase> phase{Phase::kFresh};

  float mean_value() const;  // 0 when unvisited
  float mean_score() const;
};
static_assert(sizeof(Node) <= 64);

class Tree {
 public:
  // Takes at most `memory_bytes`. Half of that is for the tree and half for the copy of what
  // keep() keeps; then the halves change places.
  explicit Tree(size_t memory_bytes);

  Handle root() const { return root_; }
  Node& node(Handle h) { return *std::launder(reinterpret_cast<Node*>(arena_->at(h))); }
  const Node& node(Handle h) const {
    return *std::launder(reinterpret_cast<const Node*>(arena_->at(h)));
  }
  // Of an expanded node.
  std::span<Edge> edges(const Node& node) {
    return {edge_array(node.edges), static_cast<size_t>(node.edge_count)};
  }
  std::span<const Edge> edges(const Node& node) const {
    return {edge_array(node.edges), static_cast<size_t>(node.edge_count)};
  }

  // Writes one edge for each action and publishes them; false when the memory is full. Only for
  // the thread that claimed the node.
  bool expand(Node& node, std::span<const envs::Action> actions, std::span<const float> priors);
  // The child behind the edge, made if need be; kNone when the memory is full.
  Handle child(Edge& edge);
  // True since an allocation failed; until keep() or clear().
  bool full() const { return full_.load(std::memory_order_relaxed); }

  // Makes `child` the root and forgets all that is not below it. kNone: an empty tree. Nodes
  // that found the memory full may grow again.
  void keep(Handle child);
  void clear() { keep(kNone); }
  // Another limit, from the next keep() or clear() on.
  void set_memory(size_t memory_bytes) { arena_bytes_ = memory_bytes / 2; }

  // Held in both halves.
  size_t memory_bytes() const { return arena_->bytes() + spare_->bytes(); }

 private:
  Edge* edge_array(Handle h) const { return std::launder(reinterpret_cast<Edge*>(arena_->at(h))); }
  Handle new_node();
  Handle allocate(size_t bytes);
  void copy_below(const Arena& from);
  void copy_edges(const Arena& from, Node& copy);

  size_t arena_bytes_;
  std::unique_ptr<Arena> arena_;
  std::unique_ptr<Arena> spare_;  // empty
  Handle root_ = kNone;
  std::atomic<bool> full_{false};
};

inline float Node::mean_value() const {
  const int32_t n = visits.load(std::memory_order_relaxed);
  if (n <= 0) return 0.0f;
  return static_cast<float>(static_cast<double>(value_sum.load(std::memory_order_relaxed)) *
                            kValueUnit / n);
}

inline float Node::mean_score() const {
  const int32_t n = visits.load(std::memory_order_relaxed);
  if (n <= 0) return 0.0f;
  return static_cast<float>(static_cast<double>(score_sum.load(std::memory_order_relaxed)) *
                            kScoreUnit / n);
}

}  // namespace tengen::search
