// A game of Go with all its variations, as SGF files hold them: for viewers and editors. Unlike
// parse_sgf it keeps what came before a fault, for people would rather see half a game than none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envs/go/sgf.h"

namespace tengen::envs::go {

struct SgfTreeNode {
  int parent = -1;            // -1: the root, which is node 0
  std::vector<int> children;  // the main line first; always later nodes
  std::optional<SgfMove> move = {};
  std::vector<Action> black = {}, white = {}, empty = {};  // set-up in this node
  std::optional<Color> to_play = {};
  std::string comment = {};
};

struct SgfTree {
  SgfGame game;  // names, rules, result; its stones, comment and moves stay empty: nodes have them
  std::vector<SgfTreeNode> nodes;
  std::string fault;  // what broke off the reading ("NAME: byte 17: expected ..."), or empty
};

// The first game of the text. Error only where there is no root to show.
SgfTree read_sgf_tree(std::string_view text, const std::string& name);

}  // namespace tengen::envs::go
