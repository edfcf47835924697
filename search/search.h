// One tree: select, absorb, advance, report. Owns no thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "envs/state.h"
#include "search/evaluator.h"
#include "search/tree.h"

namespace tengen::search {

struct SearchOptions {
  // PUCT (Silver et al. 2017, Methods; growth of c as in Silver et al. 2018, supplement).
  float cpuct = 1.1f;
  float cpuct_growth = 0.4f;  // c = cpuct + growth * log((visits + base) / base)
  float cpuct_base = 500.0f;
  float fpu_reduction = 0.2f;  // unvisited: parent's value less this * sqrt(visited policy)
  float root_fpu_reduction = 0.1f;
  float root_policy_temperature = 1.0f;
  // Exploration at the root; 0 turns it off. alpha = total / (number of legal moves).
  float noise_fraction = 0.0f;
  float dirichlet_alpha_total = 10.83f;
  int virtual_loss = 1;  // visits counted as lost while a row is under way
  // Never exceeded. Half is for the tree, half for the copy that advance makes. When it is used
  // up the tree stops growing and still searches. Small trees by the hundred want a few MiB each.
  size_t memory_mib = 1024;
};

// One root move, from the point of view of the player to move at the root.
struct MoveStats {
  envs::Action action = 0;
  int visits = 0;
  float prior = 0.0f;  // before noise
  float value = 0.0f;  // mean, in [-1, 1]; 0 when unvisited
  float score = 0.0f;  // mean expected points
};

// What the tree knows about its root. Moves are ordered by visits, then prior, then action.
struct Report {
  int visits = 0;      // of the root, evaluation of the root itself included
  float value = 0.0f;  // root mean, for the player to move
  float score = 0.0f;
  std::vector<MoveStats> moves;
  std::vector<envs::Action> principal_variation;
};

enum class SelectResult {
  kRow,        // the row holds a position to be judged; absorb it later
  kTerminal,   // the way ended in a finished game and is already counted
  kCollision,  // the leaf is being judged by another row; nothing was counted
};

class Search {
 public:
  // `seed` names the stream of the root noise.
  Search(const envs::State& root, const SearchOptions& options, uint64_t seed);
  ~Search();

  // Goes down from the root to a leaf. Several tasks may select into different rows, and absorb
  // others, at the same time.
  SelectResult select(EvalRow& row);
  // Expands the leaf of a judged row and adds its value to the nodes on its path.
  void absorb(const EvalRow& row);
  // Forgets a selected row that will not be judged (the evaluator failed).
  void cancel(const EvalRow& row);

  // Makes the child after `action` the root, keeping its subtree. Not concurrent with others.
  void advance(envs::Action action);
  // Starts anew from another position.
  void reset(const envs::State& root);

  const envs::State& root() const { return *root_; }
  int visits() const;
  // Of the most and the second most visited root move; the latter is 0 if there is but one move.
  struct Lead {
    int first = 0;
    int second = 0;
    int moves = 0;  // 0 before the root is judged
  };
  Lead lead() const;
  // May be called while others select and absorb.
  Report report() const;
  const SearchOptions& options() const { return options_; }
  // Between searches. The root noise is drawn anew; another memory_mib counts from the next
  // advance or reset.
  void set_options(const SearchOptions& options);
  size_t memory_bytes() const { return tree_->memory_bytes(); }
  // For tests and measurements.
  const Tree& tree() const { return *tree_; }

 private:
  Handle descend(EvalRow& row, const Node& node, Handle handle);
  Edge* choose(const Node& node, Handle handle, envs::Player to_play, bool only_tried);
  void back_up(const EvalRow& row, float value, float score);
  SelectResult settle(const EvalRow& row, float value, float score);
  void revert(const EvalRow& row);
  void expand(Node& leaf, const EvalRow& row, float value, float score);
  void prepare_root(std::span<const float> priors);
  void renew_root();

  SearchOptions options_;
  uint64_t seed_;
  uint64_t roots_ = 0;  // counts draws of noise: the stream of the next one
  std::unique_ptr<envs::State> root_;
  std::unique_ptr<Tree> tree_;
  // With temperature and noise; in place of the root edges' priors, which stay as judged.
  // Written before the root's edges are published.
  std::vector<float> root_priors_;
};

}  // namespace tengen::search
