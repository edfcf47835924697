// Games with variations, and what is kept of broken ones.
#include "envs/go/sgf_tree.h"

#include <gtest/gtest.h>

#include <string>

#include "nn/base/check.h"
#include "nn/base/rng.h"

namespace tengen::envs::go {
namespace {

using Actions = std::vector<Action>;

TEST(SgfTree, VariationsBranchWhereTheyBegin) {
  const SgfTree tree = read_sgf_tree(
      "junk (;SZ[9]PB[a]C[root];B[aa]C[one](;W[bb];B[cc])(;W[dd]C[two](;B[])(;B[ee])))", "x");
  ASSERT_EQ(tree.nodes.size(), 7u);
  EXPECT_EQ(tree.fault, "");
  EXPECT_EQ(tree.game.black_name, "a");
  EXPECT_EQ(tree.game.size, 9);
  EXPECT_EQ(tree.nodes[0].comment, "root");
  EXPECT_FALSE(tree.nodes[0].move);
  EXPECT_EQ(tree.nodes[1].comment, "one");
  EXPECT_EQ(tree.nodes[1].children, (std::vector<int>{2, 4}));
  EXPECT_EQ(tree.nodes[2].move->action, 10);
  EXPECT_EQ(tree.nodes[2].move->color, Color::kWhite);
  EXPECT_EQ(tree.nodes[3].parent, 2);
  EXPECT_EQ(tree.nodes[4].comment, "two");
  EXPECT_EQ(tree.nodes[4].children, (std::vector<int>{5, 6}));
  EXPECT_EQ(tree.nodes[5].move->action, 81);  // a pass
}

TEST(SgfTree, SetUpStonesStandInTheirNodes) {
  const SgfTree tree = read_sgf_tree("(;SZ[5]AB[aa][bb]PL[W];W[cc];AE[aa]AW[ba]PL[B];B[dd])", "x");
  ASSERT_EQ(tree.nodes.size(), 4u);
  EXPECT_EQ(tree.nodes[0].black, (Actions{0, 6}));
  EXPECT_EQ(tree.nodes[0].to_play, Color::kWhite);
  EXPECT_EQ(tree.nodes[2].empty, Actions{0});
  EXPECT_EQ(tree.nodes[2].white, Actions{1});
  EXPECT_EQ(tree.nodes[2].to_play, Color::kBlack);
  EXPECT_FALSE(tree.nodes[3].to_play);
  EXPECT_TRUE(tree.nodes[3].black.empty());
}

TEST(SgfTree, ARootThatMovesAndNodesOfTwoMovesAreParted) {
  const SgfTree tree = read_sgf_tree("(;SZ[5]B[aa];W[bb]B[cc])", "x");
  ASSERT_EQ(tree.nodes.size(), 4u);
  EXPECT_FALSE(tree.nodes[0].move);
  EXPECT_EQ(tree.nodes[1].move->action, 0);
  EXPECT_EQ(tree.nodes[2].move->action, 6);
  EXPECT_EQ(tree.nodes[3].move->action, 12);
  EXPECT_EQ(tree.nodes[3].parent, 2);
}

TEST(SgfTree, WhatCameBeforeAFaultIsKept) {
  const std::string whole = "(;SZ[9];B[aa](;W[bb];B[cc])(;W[dd]))";
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string part = whole.substr(0, length);
    if (length < 2 || (length > 2 && length < 7)) {  // no root, or one broken off in its size
      EXPECT_THROW(read_sgf_tree(part, "x"), Error) << part;
      continue;
    }
    const SgfTree tree = read_sgf_tree(part, "x");
    EXPECT_TRUE(tree.fault.starts_with("x: byte ")) << part;
    EXPECT_GE(tree.nodes.size(), 1u);
  }
  const SgfTree tree = read_sgf_tree("(;SZ[9];B[aa];W[zz];B[bb])", "x");
  EXPECT_EQ(tree.nodes.size(), 2u);
  EXPECT_EQ(tree.fault, "x: byte 16: expected a point from aa to ii, found \"z\"");
}

// Letters changed at random: an Error or a tree whose links hold together, nothing else.
TEST(SgfTree, MutatedTextsDoNoHarm) {
  const std::string whole =
      "(;GM[1]SZ[9]KM[7]AB[aa:cc]PL[W]C[a\\]b];W[dd](;B[ee];W[])(;B[ff]AE[gg](;W[hh])(;W[ii])))";
  Rng rng(1);
  for (int round = 0; round < 20000; ++round) {
    std::string text = whole;
    for (uint32_t i = rng.below(4); i < 4; ++i)
      text[rng.below(static_cast<uint32_t>(text.size()))] = "()[];:ABWCabz9\\ "[rng.below(16)];
    try {
      const SgfTree tree = read_sgf_tree(text, "x");
      for (size_t i = 0; i < tree.nodes.size(); ++i) {
        const SgfTreeNode& node = tree.nodes[i];
        EXPECT_LT(node.parent, static_cast<int>(i));
        for (const int child : node.children)
          EXPECT_EQ(tree.nodes[static_cast<size_t>(child)].parent, static_cast<int>(i));
        if (!node.move) continue;
        EXPECT_LE(node.move->action, tree.game.size * tree.game.size);
      }
    } catch (const Error&) {
    }
  }
}

TEST(SgfTree, ItsMainLineIsWhatParseSgfReads) {
  const std::string text = "(;SZ[7]AB[aa];W[bb];B[cc](;W[dd];B[ee](;W[ff])(;W[gg]))(;W[ab];B[ba]))";
  const SgfGame game = parse_sgf(text, "x");
  const SgfTree tree = read_sgf_tree(text, "x");
  std::vector<Action> line;
  for (int at = 0;;) {
    const SgfTreeNode& node = tree.nodes[static_cast<size_t>(at)];
    if (node.move) line.push_back(node.move->action);
    if (node.children.empty()) break;
    at = node.children.front();
  }
  std::vector<Action> moves;
  for (const SgfMove& move : game.moves) moves.push_back(move.action);
  EXPECT_EQ(line, moves);
  EXPECT_EQ(line.size(), 5u);
}

}  // namespace
}  // namespace tengen::envs::go
