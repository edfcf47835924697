// What a search tells about its root. Everything here only reads the tree.
#include <algorithm>

#include "search/search.h"

namespace tengen::search {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

bool expanded(const Node& node) {
  return node.phase.load(std::memory_order_acquire) == Phase::kExpanded;
}

int visits_behind(const Tree& tree, const Edge& edge) {
  const Handle h = edge.child.load(std::memory_order_acquire);
  return h == kNone ? 0 : tree.node(h).visits.load(kRelaxed);
}

bool comes_first(const MoveStats& a, const MoveStats& b) {
  if (a.visits != b.visits) return a.visits > b.visits;
  if (a.prior != b.prior) return a.prior > b.prior;
  return a.action < b.action;
}

std::vector<MoveStats> statistics(const Tree& tree, const Node& node, float sign) {
  std::vector<MoveStats> moves;
  if (!expanded(node)) return moves;
  for (const Edge& edge : tree.edges(node)) {
    MoveStats& move = moves.emplace_back();
    move.action = edge.action;
    move.prior = edge.prior;
    const Handle h = edge.child.load(std::memory_order_acquire);
    if (h == kNone) continue;
    const Node& child = tree.node(h);
    move.visits = child.visits.load(kRelaxed);
    move.value = sign * child.mean_value();
    move.score = sign * child.mean_score();
  }
  std::sort(moves.begin(), moves.end(), comes_first);
  return moves;
}

// The most visited edge in the order of MoveStats; null when no move was tried.
const Edge* main_edge(const Tree& tree, const Node& node) {
  if (!expanded(node)) return nullptr;
  const Edge* best = nullptr;
  int best_visits = 0;
  for (const Edge& edge : tree.edges(node)) {
    const int visits = visits_behind(tree, edge);
    if (visits > best_visits || (best && visits == best_visits && edge.prior > best->prior)) {
      best = &edge;
      best_visits = visits;
    }
  }
  return best;
}

}  // namespace

int Search::visits() const { return tree_->node(tree_->root()).visits.load(kRelaxed); }

Search::Lead Search::lead() const {
  Lead lead;
  const Node& node = tree_->node(tree_->root());
  if (!expanded(node)) return lead;
  for (const Edge& edge : tree_->edges(node)) {
    const int visits = visits_behind(*tree_, edge);
    lead.second = std::max(lead.second, std::min(visits, lead.first));
    lead.first = std::max(lead.first, visits);
  }
  lead.moves = node.edge_count;
  return lead;
}

Report Search::report() const {
  Report report;
  const Node& node = tree_->node(tree_->root());
  const float sign = sign_of(root_->to_play());
  report.visits = node.visits.load(kRelaxed);
  report.value = sign * node.mean_value();
  report.score = sign * node.mean_score();
  report.moves = statistics(*tree_, node, sign);
  for (const Edge* edge = main_edge(*tree_, node); edge;) {
    report.principal_variation.push_back(edge->action);
    edge = main_edge(*tree_, tree_->node(edge->child.load(std::memory_order_acquire)));
  }
  return report;
}

}  // namespace tengen::search
