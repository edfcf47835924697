#include "envs/go/sgf_tree.h"

#include <utility>

#include "envs/go/sgf_reader.h"
#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

class TreeReader {
 public:
  explicit TreeReader(SgfScanner& scanner) : scanner_(scanner), reader_(scanner) {}

  void read(SgfTree& tree) {
    SgfNode node;
    std::vector<int> branches;  // the node before each variation that is open
    int last = -1;
    for (;;) {
      switch (scanner_.next_event(node)) {
        case SgfEvent::kNode:
          last = add(tree, last, node);
          break;
        case SgfEvent::kVariation:
          branches.push_back(last);
          break;
        case SgfEvent::kVariationEnd:
          last = branches.back();
          branches.pop_back();
          break;
        case SgfEvent::kGameEnd:
          return;
      }
    }
  }

 private:
  // A node with several moves, which the format forbids, becomes as many nodes.
  int add(SgfTree& tree, int parent, const SgfNode& node) {
    SgfGame& said = reader_.game();
    const bool root = parent < 0;
    if (root) reader_.read_root(node);
    said.moves.clear();
    reader_.read_node(node, root);
    int last = append(tree, parent, take_set_up(said));
    tree.nodes[static_cast<size_t>(last)].comment = std::exchange(said.comment, {});
    for (size_t i = 0; i < said.moves.size(); ++i) {
      if (root || i > 0) last = append(tree, last, {});
      SgfTreeNode& at = tree.nodes[static_cast<size_t>(last)];
      at.comment += std::exchange(said.moves[i].comment, {});
      at.move = said.moves[i];
    }
    said.moves.clear();
    if (root) tree.game = said;
    return last;
  }

  SgfTreeNode take_set_up(SgfGame& said) {
    SgfTreeNode node;
    node.black = std::exchange(said.black, {});
    node.white = std::exchange(said.white, {});
    node.empty = std::exchange(reader_.emptied(), {});
    node.to_play = std::exchange(said.to_play, std::nullopt);
    return node;
  }

  static int append(SgfTree& tree, int parent, SgfTreeNode node) {
    const int index = static_cast<int>(tree.nodes.size());
    node.parent = parent;
    tree.nodes.push_back(std::move(node));
    if (parent >= 0) tree.nodes[static_cast<size_t>(parent)].children.push_back(index);
    return index;
  }

  SgfScanner& scanner_;
  SgfReader reader_;
};

}  // namespace

SgfTree read_sgf_tree(std::string_view text, const std::string& name) {
  SgfScanner scanner(text, name);
  if (!scanner.find_game()) scanner.fail(text.size(), "a game beginning with \"(;\"");
  SgfTree tree;
  try {
    TreeReader(scanner).read(tree);
  } catch (const Error& error) {
    if (tree.nodes.empty()) throw;
    tree.fault = error.what();
  }
  return tree;
}

}  // namespace tengen::envs::go
