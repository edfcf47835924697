#include "search/tree.h"

#include <utility>
#include <vector>

#include "nn/base/check.h"

namespace tengen::search {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

void copy_statistics(const Node& from, Node& to) {
  to.value_sum.store(from.value_sum.load(kRelaxed), kRelaxed);
  to.score_sum.store(from.score_sum.load(kRelaxed), kRelaxed);
  to.visits.store(from.visits.load(kRelaxed), kRelaxed);
  to.edges = from.edges;
  to.edge_count = from.edge_count;
  to.value = from.value;
  to.score = from.score;
  const Phase phase = from.phase.load(kRelaxed);
  to.phase.store(phase == Phase::kFull ? Phase::kFresh : phase, kRelaxed);
}

}  // namespace

Tree::Tree(size_t memory_bytes)
    : arena_bytes_(memory_bytes / 2),
      arena_(std::make_unique<Arena>(arena_bytes_)),
      spare_(std::make_unique<Arena>(arena_bytes_)) {
  root_ = new_node();
}

Handle Tree::allocate(size_t bytes) {
  const Handle block = arena_->allocate(bytes);
  if (block == kNone) full_.store(true, kRelaxed);
  return block;
}

Handle Tree::new_node() {
  const Handle h = allocate(sizeof(Node));
  if (h != kNone) new (arena_->at(h)) Node;
  return h;
}

bool Tree::expand(Node& node, std::span<const envs::Action> actions,
                  std::span<const float> priors) {
  const Handle block = allocate(actions.size() * sizeof(Edge));
  if (block == kNone) return false;
  auto* edge = reinterpret_cast<Edge*>(arena_->at(block));
  for (size_t i = 0; i < actions.size(); ++i) {
    new (edge + i) Edge{kNone, priors[i], actions[i]};
  }
  node.edges = block;
  node.edge_count = static_cast<int32_t>(actions.size());
  node.phase.store(Phase::kExpanded, std::memory_order_release);
  return true;
}

Handle Tree::child(Edge& edge) {
  Handle existing = edge.child.load(std::memory_order_acquire);
  if (existing != kNone) return existing;
  const Handle fresh = new_node();
  if (fresh == kNone) return kNone;
  if (edge.child.compare_exchange_strong(existing, fresh, std::memory_order_acq_rel,
                                         std::memory_order_acquire)) {
    return fresh;
  }
  arena_->give_back(fresh, sizeof(Node));
  return existing;
}

void Tree::keep(Handle child) {
  std::swap(arena_, spare_);
  if (arena_->limit_bytes() != arena_bytes_) {
    arena_ = std::make_unique<Arena>(arena_bytes_);
  }
  full_.store(false, kRelaxed);
  root_ = new_node();
  if (child != kNone) {
    const auto& kept = *std::launder(reinterpret_cast<const Node*>(spare_->at(child)));
    // A root that could not grow has counted the same judgement many times: it starts afresh.
    if (kept.phase.load(kRelaxed) != Phase::kFull) {
      copy_statistics(kept, node(root_));
      copy_below(*spare_);
    }
  }
  spare_->clear();
}

// Breadth first, so that a node's children lie together. The copies keep their old handles until
// they are visited themselves. The new arena is as large as the old one, but its chunks may end
// a little less luckily; whatever does not fit is forgotten.
void Tree::copy_below(const Arena& from) {
  std::vector<Handle> queue{root_};
  for (size_t next = 0; next < queue.size(); ++next) {
    Node& copy = node(queue[next]);
    if (copy.phase.load(kRelaxed) != Phase::kExpanded) continue;
    copy_edges(from, copy);
    if (copy.phase.load(kRelaxed) != Phase::kExpanded) continue;
    for (const Edge& edge : edges(copy)) {
      const Handle h = edge.child.load(kRelaxed);
      if (h != kNone) queue.push_back(h);
    }
  }
}

// Replaces the old handle of the edges in `copy` by that of their copy, and copies the children.
void Tree::copy_edges(const Arena& from, Node& copy) {
  const auto* source = std::launder(reinterpret_cast<const Edge*>(from.at(copy.edges)));
  const Handle block = allocate(static_cast<size_t>(copy.edge_count) * sizeof(Edge));
  if (block == kNone) {
    copy.phase.store(Phase::kFresh, kRelaxed);
    return;
  }
  auto* target = reinterpret_cast<Edge*>(arena_->at(block));
  for (int32_t i = 0; i < copy.edge_count; ++i) {
    Handle moved = kNone;
    if (const Handle h = source[i].child.load(kRelaxed); h != kNone) {
      const auto& child = *std::launder(reinterpret_cast<const Node*>(from.at(h)));
      if (child.visits.load(kRelaxed) > 0) moved = new_node();
      if (moved != kNone) copy_statistics(child, node(moved));
    }
    new (target + i) Edge{moved, source[i].prior, source[i].action};
  }
  copy.edges = block;
}

}  // namespace tengen::search
