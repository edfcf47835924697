#include "search/search.h"

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "search/puct.h"

namespace tengen::search {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr size_t kMib = size_t{1} << 20;

// Turns kFirst's point of view into that of `player` and back.
float sign_of(envs::Player player) { return player == envs::Player::kFirst ? 1.0f : -1.0f; }

float bounded(float x, float most) { return std::isfinite(x) ? std::clamp(x, -most, most) : 0.0f; }

int64_t fixed_point(float x, double unit) {
  return static_cast<int64_t>(std::llrint(static_cast<double>(x) / unit));
}

}  // namespace

Search::Search(const envs::State& root, const SearchOptions& options, uint64_t seed)
    : options_(options),
      seed_(seed),
      root_(root.clone()),
      tree_(std::make_unique<Tree>(options.memory_mib * kMib)) {
  CHECK(options.memory_mib >= 1);
}

Search::~Search() = default;

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
// only the one of the highest prior can win.
Edge* Search::choose(const Node& node, Handle handle, envs::Player to_play, bool only_tried) {
  const bool at_root = handle == tree_->root();
  const float* root_priors = at_root ? root_priors_.data() : nullptr;
  const float sign = sign_of(to_play);
  const int visits = node.visits.load(kRelaxed);
  const float exploration =
      exploration_factor(options_.cpuct, options_.cpuct_growth, options_.cpuct_base, visits) *
      std::sqrt(static_cast<float>(std::max(visits, 1)));

  Edge* best = nullptr;
  Edge* untried = nullptr;
  float best_score = 0.0f;
  float untried_prior = -1.0f;
  float tried_policy = 0.0f;
  const std::span<Edge> edges = tree_->edges(node);
  for (size_t i = 0; i < edges.size(); ++i) {
    const float prior = root_priors ? root_priors[i] : edges[i].prior;
    const Handle h = edges[i].child.load(std::memory_order_acquire);
    if (h == kNone) {
      if (prior > untried_prior) {
        untried = &edges[i];
        untried_prior = prior;
      }
      continue;
    }
    const Node& child = tree_->node(h);
    const int n = child.visits.load(kRelaxed);
    const int lost = child.pending.load(kRelaxed) * options_.virtual_loss;
    if (n + lost <= 0) {  // its only row was cancelled, or is being taken back just now
      if (prior > untried_prior) {
        untried = &edges[i];
        untried_prior = prior;
      }
      continue;
    }
    const auto sum = static_cast<float>(child.value_sum.load(kRelaxed)) *
                     (sign * static_cast<float>(kValueUnit));
    const float score =
        puct_score(value_with_losses(sum, n, lost), prior, exploration, n + lost);
    tried_policy += prior;
    if (!best || score > best_score) {
      best = &edges[i];
      best_score = score;
    }
  }
  if (!untried || (only_tried && untried->child.load(kRelaxed) == kNone)) return best;
  const float fresh = first_play_value(
      sign * node.mean_value(), tried_policy,
      at_root ? options_.root_fpu_reduction : options_.fpu_reduction);
  return !best || puct_score(fresh, untried_prior, exploration, 0) > best_score ? untried : best;
}

void Search::absorb(const EvalRow& row) {
  CHECK(!row.path.empty());
  const float sign = sign_of(row.state->to_play());
  const float value = sign * bounded(row.value, 1.0f);
  const float score = sign * bounded(row.score, kMaxScore);
  back_up(row, value, score);
  expand(tree_->node(row.path.back()), row, value, score);
}

// The leaf is claimed by this row, so nobody else writes to it.
void Search::expand(Node& leaf, const EvalRow& row, float value, float score) {
  static thread_local std::vector<envs::Action> legal;
  static thread_local std::vector<float> priors;
  row.state->legal(legal);
  CHECK(!legal.empty());
  priors.resize(legal.size());
  softmax_priors(row.logits, legal, priors);
  if (row.path.size() == 1) prepare_root(priors);
  if (tree_->expand(leaf, legal, priors)) return;
  leaf.value = value;
  leaf.score = score;
  leaf.phase.store(Phase::kFull, std::memory_order_release);
}

void Search::cancel(const EvalRow& row) {
  CHECK(!row.path.empty());
  revert(row);
  tree_->node(row.path.back()).phase.store(Phase::kFresh, std::memory_order_release);
}

void Search::back_up(const EvalRow& row, float value, float score) {
  const int64_t value_units = fixed_point(value, kValueUnit);
  const int64_t score_units = fixed_point(score, kScoreUnit);
  for (const Handle h : row.path) {
    Node& node = tree_->node(h);
    node.value_sum.fetch_add(value_units, kRelaxed);
    if (score_units != 0) node.score_sum.fetch_add(score_units, kRelaxed);
    node.visits.fetch_add(1, kRelaxed);
    node.pending.fetch_sub(1, kRelaxed);
  }
}

SelectResult Search::settle(const EvalRow& row, float value, float score) {
  back_up(row, value, score);
  return SelectResult::kTerminal;
}

void Search::revert(const EvalRow& row) {
  for (const Handle h : row.path) tree_->node(h).pending.fetch_sub(1, kRelaxed);
}

void Search::advance(envs::Action action) {
  const Node& node = tree_->node(tree_->root());
  CHECK(node.pending.load(kRelaxed) == 0);
  Handle child = kNone;
  if (node.phase.load(kRelaxed) == Phase::kExpanded) {
    for (const Edge& edge : tree_->edges(node)) {
      if (edge.action == action) child = edge.child.load(kRelaxed);
    }
  }
  root_->play(action);
  tree_->keep(child);
  renew_root();
}

void Search::reset(const envs::State& root) {
  CHECK(tree_->node(tree_->root()).pending.load(kRelaxed) == 0);
  if (root.spec().name == root_->spec().name) {
    root_->copy_from(root);
  } else {
    root_ = root.clone();
  }
  tree_->clear();
  renew_root();
}

void Search::set_options(const SearchOptions& options) {
  CHECK(options.memory_mib >= 1);
  options_ = options;
  tree_->set_memory(options.memory_mib * kMib);
  renew_root();
}

// After the root changed: the noise is its own.
void Search::renew_root() {
  ++roots_;
  const Node& node = tree_->node(tree_->root());
  if (node.phase.load(kRelaxed) != Phase::kExpanded) return;
  std::vector<float> priors;
  for (const Edge& edge : tree_->edges(node)) priors.push_back(edge.prior);
  prepare_root(priors);
}

void Search::prepare_root(std::span<const float> priors) {
  root_priors_.assign(priors.begin(), priors.end());
  apply_temperature(root_priors_, options_.root_policy_temperature);
  add_dirichlet_noise(root_priors_, options_.noise_fraction, options_.dirichlet_alpha_total,
                      Rng(seed_, roots_));
}

}  // namespace tengen::search
