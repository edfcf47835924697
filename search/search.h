// One tree: select, absorb, advance, report. Owns no thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "envs/state.h"
#include "nn/base/rng.h"
#include "search/evaluator.h"

namespace tengen::search {

struct SearchOptions {
  // PUCT (Silver et al. 2017, Methods; growth of c as in Silver et al. 2018, supplement).
  float cpuct = 1.1f;
  float cpuct_growth = 0.4f;        // c = cpuct + growth * log((visits + base) / base)
  float cpuct_base = 500.0f;
  float fpu_reduction = 0.2f;       // unvisited: parent's value less this * sqrt(visited policy)
  float root_fpu_reduction = 0.1f;
  float root_policy_temperature = 1.0f;
  // Exploration at the root; 0 turns it off. alpha = total / (number of legal moves).
  float noise_fraction = 0.0f;
  float dirichlet_alpha_total = 10.83f;
  int virtual_loss = 1;             // visits counted as lost while a row is under way
  size_t memory_mib = 1024;         // when full, the tree stops growing and still searches
};

// One root move, from the point of view of the player to move at the root.
struct MoveStats {
  envs::Action action = 0;
  int visits = 0;
  float prior = 0.0f;               // before noise
  float value = 0.0f;               // mean, in [-1, 1]; 0 when unvisited
  float score = 0.0f;               // mean expected points
};

// What the tree knows about its root. Moves are ordered by visits, then prior, then action.
struct Report {
  int visits = 0;                   // of the root, evaluation of the root itself included
  float value = 0.0f;               // root mean, for the player to move
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

  const envs::State& root() const;
  int visits() const;
  Report report() const;
  const SearchOptions& options() const;
  void set_options(const SearchOptions& options);  // noise may be drawn anew; between searches
  size_t memory_bytes() const;
};

}  // namespace tengen::search
