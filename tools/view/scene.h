// What is shown, as plain data: made by the viewer, read by the painters. Nothing here knows how
// it is drawn, and nothing that draws knows a game.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tengen::tools::view {

// Points are numbered row by row from the top left; -1: none.

// A move that the search looked at.
struct Candidate {
  int point = -1;
  int visits = 0;
  double share = 0.0;     // of the visits of the most visited, in [0, 1]
  double win_rate = 0.0;  // for the player to move, in [0, 1]
  bool operator==(const Candidate&) const = default;
};

// A stone of a line of play that is not on the board.
struct GhostStone {
  int point = -1;
  int player = 1;
  int number = 1;
  bool operator==(const GhostStone&) const = default;
};

struct BoardScene {
  int height = 9, width = 9;
  bool crossings = true;       // stones stand on crossings of lines, as in Go, or else in cells
  std::vector<int8_t> stones;  // [points]: 0 none, 1 the first player's, 2 the second's
  std::vector<int> numbers;    // [points]: of the move that put it there; 0 or empty: none
  std::vector<int8_t> dead;    // [points]: 1: taken off at the end
  int last = -1;               // the last move
  int ko = -1;                 // where the player to move may not retake
  int hover = -1;              // where a stone of `to_play` would go
  int to_play = 1;
  bool coordinates = true;
  std::vector<Candidate> candidates;
  std::vector<float> policy;     // [points], sums to at most 1; empty: not shown
  std::vector<float> ownership;  // [points], +1 the first player's; empty: not shown
  std::vector<GhostStone> ghosts;
  bool operator==(const BoardScene&) const = default;
};

struct PanelLine {
  enum class Kind { kTitle, kText, kQuiet, kStrong } kind = Kind::kText;
  std::string text;
  int stone = 0;  // drawn before the text: 1 or 2
};

// Numbers along the main line that is shown; nothing where nobody looked yet.
struct GraphScene {
  std::vector<std::optional<float>> win_rate;  // the first player's, in [0, 1]
  std::vector<std::optional<float>> score;     // points ahead for the first player
  int now = 0;
};

// Nodes of a game with variations on a grid: column is the move number.
struct TreeDot {
  int node = 0, column = 0, row = 0;
  int parent_row = -1;  // -1: the root
  int stone = 0;        // who moved; 0: a set-up or the root
  bool comment = false;
};
struct TreeScene {
  std::vector<TreeDot> dots;  // by column, then by row
  int now_column = 0, now_row = 0;
};

// Small boards of other games, and curves of a training run.
struct WallGame {
  BoardScene board;
  std::string caption;
};
struct WallCurve {
  std::string title;
  std::vector<double> values;
};
struct WallScene {
  std::vector<WallGame> games;
  std::vector<WallCurve> curves;
};

struct HelpLine {
  std::string keys, what;
};

struct Scene {
  BoardScene board;
  std::vector<PanelLine> panel;
  std::string comment;
  GraphScene graph;
  TreeScene tree;
  int moves = 0, move = 0;        // the timeline
  std::optional<WallScene> wall;  // instead of all above
  std::string banner;             // what is wrong; empty: nothing
  std::string hint;               // at the bottom
  std::vector<HelpLine> help;     // over everything; empty: not shown
};

}  // namespace tengen::tools::view
