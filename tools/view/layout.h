// Where everything is, for a window of any size: beside the board in a wide one, below it in a high
// one.
#pragma once

#include <optional>

#include "tools/pictures/canvas.h"
#include "tools/view/scene.h"

namespace tengen::tools::view {

struct Rect {
  double x = 0, y = 0, width = 0, height = 0;
  bool contains(Point p) const {
    return p.x >= x && p.y >= y && p.x < x + width && p.y < y + height;
  }
  Point corner() const { return {x, y}; }
  Point centre() const { return {x + width / 2, y + height / 2}; }
  Rect inset(double by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }
};

struct Layout {
  double unit = 1.0;  // letters of text are 13 units high
  Rect window, board, panel, comment, graph, tree, timeline, hint;
};
Layout layout_of(int width, int height, double scale = 1.0);

// A board in its rectangle.
struct BoardGrid {
  double cell = 0;    // pixels from a point to the next
  Point first{0, 0};  // the centre of point 0
  Rect wood;

  Point centre(const BoardScene& board, int point) const {
    return {first.x + cell * (point % board.width), first.y + cell * (point / board.width)};
  }
};
BoardGrid grid_of(const Rect& rect, const BoardScene& board);
// The point under the mouse; -1: none.
int point_at(const Rect& rect, const BoardScene& board, Point mouse);

// "D4": columns A to Z without I where stones stand on crossings, rows from the bottom; -1: none.
int named_point(const BoardScene& board, const std::string& name);
std::string column_name(const BoardScene& board, int column);

// The part of the tree that fits, with the present node in its middle.
struct TreeGrid {
  double step = 0;
  int first_column = 0, first_row = 0, columns = 0, rows = 0;
  Point centre(const Rect& rect, int column, int row) const {
    return {rect.x + step * (column - first_column + 0.5), rect.y + step * (row - first_row + 0.5)};
  }
  bool shows(int column, int row) const {
    return column >= first_column && row >= first_row && column < first_column + columns &&
           row < first_row + rows;
  }
};
TreeGrid tree_grid(const Rect& rect, const TreeScene& tree, double unit);
// The node under the mouse; -1: none.
int node_at(const Rect& rect, const TreeScene& tree, double unit, Point mouse);
// The move under the mouse; -1: none.
int move_at(const Rect& timeline, int moves, Point mouse);

}  // namespace tengen::tools::view
