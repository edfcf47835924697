#include "search/search.h"

#include <cmath>

#include "nn/base/check.h"
#include "search/puct.h"

namespace tengen::search {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr size_t kMib = size_t{1} << 20;

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
