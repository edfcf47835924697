// A game with its variations: what is walked through, and what a person's tries are added to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "envs/go/sgf_tree.h"
#include "envs/state.h"
#include "tools/view/scene.h"

namespace tengen::tools::view {

struct GameNode {
  int parent = -1;
  std::vector<int> children;  // the main line first
  std::optional<envs::Action> action;
  envs::Player player = envs::Player::kFirst;  // who moved
  std::shared_ptr<const envs::State> set_up;   // the position here, where stones were set up
  std::string comment;
  int move = 0;  // moves from the root
};

class GameTree {
 public:
  // A game of any kind that begins at this position.
  explicit GameTree(const envs::State& root);
  // What the rules refuse, or what could not be read, is left out with all that follows it;
  // fault() tells it.
  explicit GameTree(const envs::go::SgfTree& sgf);

  int size() const { return static_cast<int>(nodes_.size()); }
  const GameNode& node(int index) const { return nodes_[static_cast<size_t>(index)]; }
  const std::string& fault() const { return fault_; }

  std::unique_ptr<envs::State> position(int index) const;
  // The child for a legal action of whoever is to play, made if it is not there yet.
  int add(int parent, envs::Action action);
  // Removes a leaf that is the newest node.
  void remove_last();
  // The nodes from the root to this one and on along first children to the end.
  std::vector<int> line_through(int index) const;
  TreeScene scene(int now) const;  // its dots; kept until the tree grows

 private:
  int append(int parent, GameNode node);
  void add_sgf(const envs::go::SgfTree& sgf);
  void lay_out() const;

  std::vector<GameNode> nodes_;
  std::string fault_;
  mutable std::vector<TreeDot> dots_;  // empty: to be laid out
  mutable std::vector<int> rows_;      // of the nodes
};

}  // namespace tengen::tools::view
