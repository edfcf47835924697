// The way down the tree: select and the choice of an edge.
#include <algorithm>
#include <bit>
#include <cmath>

#include "search/puct.h"
#include "search/search.h"

namespace tengen::search {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// The untried edge of the highest prior, the first of equals; null if all were tried.
struct Untried {
  Edge* edge = nullptr;
  float prior = 0.0f;
};

// Writes the indices of the tried edges to `tried` and returns the best of the others. Which
// moves were tried is unpredictable, so this pass has no branches, and the next knows its length.
// `priors` replaces those of the edges unless it is null.
Untried sort_out(std::span<Edge> edges, const float* priors, std::vector<uint32_t>& tried) {
  tried.resize(edges.size());
  uint32_t* const indices = tried.data();
  size_t count = 0;
  // Priors are not negative, so their bits are ordered as they are; the index breaks ties.
  uint64_t best = 0;
  for (size_t i = 0; i < edges.size(); ++i) {
    const uint64_t is_tried = edges[i].child.load(kRelaxed) != kNone;
    const float prior = priors ? priors[i] : edges[i].prior;
    const uint64_t rank = uint64_t{std::bit_cast<uint32_t>(prior)} << 32 | (edges.size() - i);
    best = std::max(best, rank & (is_tried - 1));  // all ones if untried
    indices[count] = static_cast<uint32_t>(i);
    count += is_tried;
  }
  tried.resize(count);
  if (best == 0) return {};
  const size_t index = edges.size() - static_cast<uint32_t>(best);
  return {&edges[index], std::bit_cast<float>(static_cast<uint32_t>(best >> 32))};
}

}  // namespace

// Every node on the way down counts the row as pending before its phase is read, and absorb,
// settle or revert takes that back.
SelectResult Search::select(EvalRow& row) {
  row.state->copy_from(*root_);
  row.path.clear();
  Handle handle = tree_->root();
  for (;;) {
    Node& node = tree_->node(handle);
    node.pending.fetch_add(1, kRelaxed);
    row.path.push_back(handle);
    Phase phase = node.phase.load(std::memory_order_acquire);
    if (phase == Phase::kFresh &&
        node.phase.compare_exchange_strong(phase, Phase::kClaimed, std::memory_order_acquire)) {
      const std::optional<envs::Outcome> outcome = row.state->outcome();
      if (!outcome) return SelectResult::kRow;
      node.value = bounded(outcome->value, 1.0f);
      node.score = bounded(outcome->score, kMaxScore);
      node.phase.store(Phase::kTerminal, std::memory_order_release);
      return settle(row, node.value, node.score);
    }
    switch (phase) {
      case Phase::kExpanded:
        handle = descend(row, node, handle);
        // No memory for a first child: the judgement of the node itself counts once more.
        if (handle == kNone) return settle(row, node.mean_value(), node.mean_score());
        break;
      case Phase::kTerminal:
      case Phase::kFull:
        return settle(row, node.value, node.score);
      case Phase::kFresh:
      case Phase::kClaimed:
        revert(row);
        return SelectResult::kCollision;
    }
  }
}

// Plays the chosen move in the row's state and returns the child; kNone if there is no memory
// for a child and none was there before.
Handle Search::descend(EvalRow& row, const Node& node, Handle handle) {
  const envs::Player to_play = row.state->to_play();
  Edge* edge = choose(node, handle, to_play, tree_->full());
  Handle child = edge ? tree_->child(*edge) : kNone;
  if (edge && child == kNone) {
    edge = choose(node, handle, to_play, true);
    child = edge ? tree_->child(*edge) : kNone;
  }
  if (child != kNone) row.state->play(edge->action);
  return child;
}

// The edge of the highest PUCT score. All untried moves share one first-play value, so of these
// only the one of the highest prior can win. Null: with `only_tried`, where nothing was tried.
Edge* Search::choose(const Node& node, Handle handle, envs::Player to_play, bool only_tried) {
  const bool at_root = handle == tree_->root();
  const float* priors = at_root ? root_priors_.data() : nullptr;
  const std::span<Edge> edges = tree_->edges(node);
  static thread_local std::vector<uint32_t> tried;
  const Untried untried = sort_out(edges, priors, tried);

  const float sign = sign_of(to_play);
  const float own_value = sign * node.mean_value();
  const int visits = node.visits.load(kRelaxed);
  const float exploration =
      exploration_factor(options_.cpuct, options_.cpuct_growth, options_.cpuct_base, visits) *
      std::sqrt(static_cast<float>(std::max(visits, 1)));

  Edge* best = nullptr;
  float best_score = 0.0f;
  float tried_policy = 0.0f;
  for (const uint32_t i : tried) {
    const Node& child = tree_->node(edges[i].child.load(std::memory_order_acquire));
    const float prior = priors ? priors[i] : edges[i].prior;
    const int n = child.visits.load(kRelaxed);
    const int lost = child.pending.load(kRelaxed) * options_.virtual_loss;
    const float sum =
        sign * static_cast<float>(child.value_sum.load(kRelaxed)) * static_cast<float>(kValueUnit);
    // A child without visits and rows: its only row was cancelled.
    const float value = n + lost > 0 ? value_with_losses(sum, n, lost) : own_value;
    const float score = puct_score(value, prior, exploration, n + lost);
    tried_policy += prior;
    if (!best || score > best_score) {
      best = &edges[i];
      best_score = score;
    }
  }
  if (only_tried || !untried.edge) return best;
  const float first_value = first_play_value(
      own_value, tried_policy, at_root ? options_.root_fpu_reduction : options_.fpu_reduction);
  const float first_score = puct_score(first_value, untried.prior, exploration, 0);
  return !best || first_score > best_score ? untried.edge : best;
}

}  // namespace tengen::search
