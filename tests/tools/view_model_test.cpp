// What the viewer knows without a window: games with variations, places on the screen, keys.
#include <gtest/gtest.h>

#include <set>

#include "envs/games.h"
#include "envs/go/sgf_tree.h"
#include "envs/go/state.h"
#include "nn/base/check.h"
#include "tests/nn/scratch_folder.h"
#include "tools/view/board_scene.h"
#include "tools/view/game_tree.h"
#include "tools/view/keys.h"
#include "tools/view/layout.h"
#include "tools/view/script.h"

namespace tengen::tools::view {
namespace {

GameTree tree_of(const std::string& sgf) {
  return GameTree(envs::go::read_sgf_tree(sgf, "game.sgf"));
}

TEST(GameTree, PositionsAreThoseOfTheirVariation) {
  const GameTree tree = tree_of("(;SZ[9];B[aa];W[bb](;B[cc];W[dd])(;B[ee]))");
  ASSERT_EQ(tree.size(), 6);
  const auto stones = [&](int node) { return board_scene(*tree.position(node)).stones; };
  EXPECT_EQ(stones(4)[20], 1);  // cc
  EXPECT_EQ(stones(4)[30], 2);  // dd
  EXPECT_EQ(stones(5)[20], 0);
  EXPECT_EQ(stones(5)[40], 1);  // ee
  EXPECT_EQ(tree.line_through(0), (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(tree.line_through(5), (std::vector<int>{0, 1, 2, 5}));
  EXPECT_EQ(tree.node(5).move, 3);
}

TEST(GameTree, StonesMayBeSetUpAnywhere) {
  const GameTree tree = tree_of("(;SZ[9]AB[aa][cc];W[bb];AE[aa]AW[dd]PL[W];W[ee])");
  EXPECT_EQ(tree.position(0)->to_play(), envs::Player::kSecond);  // two stones are a handicap
  const auto stones = board_scene(*tree.position(3)).stones;
  EXPECT_EQ(stones[0], 0);
  EXPECT_EQ(stones[10], 2);
  EXPECT_EQ(stones[20], 1);
  EXPECT_EQ(stones[30], 2);
  EXPECT_EQ(stones[40], 2);
}

TEST(GameTree, WhatTheRulesRefuseIsLeftOutAndTold) {
  const GameTree tree = tree_of("(;SZ[9];B[aa];W[aa];B[bb])");
  EXPECT_EQ(tree.size(), 2);
  EXPECT_EQ(tree.fault(), "after move 1: A9: occupied");
  const GameTree cut = tree_of("(;SZ[9];B[aa];W[bb");
  EXPECT_EQ(cut.size(), 2);
  EXPECT_NE(cut.fault().find("game.sgf: byte"), std::string::npos);
}

TEST(GameTree, TriesAreAddedOnceAndTakenBack) {
  GameTree tree(*envs::new_game("tictactoe"));
  const int first = tree.add(0, 4);
  EXPECT_EQ(tree.add(0, 4), first);
  const int second = tree.add(first, 0);
  EXPECT_EQ(tree.size(), 3);
  const BoardScene board = board_scene(*tree.position(second));
  EXPECT_FALSE(board.crossings);
  EXPECT_EQ(board.stones[4], 1);
  EXPECT_EQ(board.stones[0], 2);
  EXPECT_EQ(board.to_play, 1);
  tree.remove_last();
  EXPECT_TRUE(tree.node(first).children.empty());
  EXPECT_THROW(GameTree(*envs::new_game("tictactoe")).remove_last(), CheckFailure);
}

// Two nodes never share a place, children stand right of their parents, first children beside them.
TEST(GameTree, ItsPictureHasAPlaceForEveryNode) {
  const std::string sgf =
      "(;SZ[9];B[aa](;W[ba](;B[ca];W[da];B[ea])(;B[cb](;W[db])(;W[eb];B[ec])))(;W[bc];B[cc]"
      ";W[cd](;B[dd])(;B[ee])))";
  const GameTree tree = tree_of(sgf);
  const TreeScene scene = tree.scene(3);
  EXPECT_EQ(scene.dots.size(), static_cast<size_t>(tree.size()));
  std::set<std::pair<int, int>> places;
  std::vector<std::pair<int, int>> of_node(static_cast<size_t>(tree.size()));
  for (const TreeDot& dot : scene.dots) {
    EXPECT_TRUE(places.insert({dot.column, dot.row}).second) << dot.node;
    of_node[static_cast<size_t>(dot.node)] = {dot.column, dot.row};
  }
  for (const TreeDot& dot : scene.dots) {
    const GameNode& node = tree.node(dot.node);
    if (node.parent < 0) continue;
    const auto [column, row] = of_node[static_cast<size_t>(node.parent)];
    EXPECT_EQ(dot.column, column + 1);
    EXPECT_EQ(dot.parent_row, row);
    const bool first = tree.node(node.parent).children.front() == dot.node;
    EXPECT_TRUE(!first || dot.row == row);
  }
  EXPECT_EQ(scene.now_column, of_node[3].first);
}

TEST(Layout, NothingLiesOnAnotherAndAllIsInTheWindow) {
  for (const auto& [width, height] :
       {std::pair(1280, 800), {640, 420}, {500, 900}, {320, 240}, {3840, 2160}, {900, 900}}) {
    const Layout layout = layout_of(width, height);
    const std::vector<Rect> parts{layout.board,    layout.panel, layout.comment, layout.graph,
                                  layout.timeline, layout.tree,  layout.hint};
    for (size_t i = 0; i < parts.size(); ++i) {
      EXPECT_GE(parts[i].x, 0) << width;
      EXPECT_GE(parts[i].y, 0) << width;
      EXPECT_LE(parts[i].x + parts[i].width, width) << width << " " << i;
      EXPECT_LE(parts[i].y + parts[i].height, height) << width << " " << i;
      for (size_t j = i + 1; j < parts.size(); ++j) {
        const Rect &a = parts[i], &b = parts[j];
        EXPECT_FALSE(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
                     b.y < a.y + a.height)
            << width << "x" << height << ": " << i << " and " << j;
      }
    }
  }
}

TEST(Layout, EveryPointIsFoundUnderItsStone) {
  BoardScene board;
  for (const int size : {3, 9, 19}) {
    board.width = board.height = size;
    const Rect rect{10, 20, 400, 420};
    const BoardGrid grid = grid_of(rect, board);
    for (int point = 0; point < size * size; ++point) {
      const Point centre = grid.centre(board, point);
      EXPECT_EQ(point_at(rect, board, centre), point);
      EXPECT_EQ(point_at(rect, board, {centre.x + 0.4 * grid.cell, centre.y - 0.4 * grid.cell}),
                point);
    }
  }
  board.width = board.height = 9;
  EXPECT_EQ(named_point(board, "A9"), 0);
  EXPECT_EQ(named_point(board, "J1"), 80);
  EXPECT_EQ(named_point(board, "I1"), -1);
  EXPECT_EQ(point_at({0, 0, 100, 100}, board, {1, 1}), -1);
}

TEST(Keys, EachDoesOneThingAndTheHelpTellsIt) {
  EXPECT_EQ(command_of("Right", false), Command::kNext);
  EXPECT_EQ(command_of("/", true), Command::kHelp);
  EXPECT_EQ(command_of("/", false), std::nullopt);
  EXPECT_EQ(command_of("Z", false), std::nullopt);
  EXPECT_GT(help_lines(true).size(), help_lines(false).size());
}

TEST(Script, WhatIsNoScriptNamesTheLine) {
  const nn::ScratchFolder folder;
  for (const auto& [text, part] : {std::pair("key A\njump 3\n", "line 2: \"jump\""),
                                   {"size 3\n", "line 1: \"size\" needs 2"}}) {
    try {
      read_script(folder.write("script.txt", text));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(read_script(folder.write("script.txt", "# a tour\n\nkey PageDown\n")).size(), 1u);
}

}  // namespace
}  // namespace tengen::tools::view
