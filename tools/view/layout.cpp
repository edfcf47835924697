#include "tools/view/layout.h"

#include <algorithm>
#include <cmath>

namespace tengen::tools::view {

namespace {

// On whole pixels, so that lines are sharp.
Rect whole(const Rect& r) {
  const double x = std::round(r.x), y = std::round(r.y);
  return {x, y, std::max(1.0, std::round(r.x + r.width) - x),
          std::max(1.0, std::round(r.y + r.height) - y)};
}

Layout placed(int width, int height, double scale) {
  Layout layout;
  const double w = width, h = height;
  layout.unit = scale * std::clamp(std::min(w / 1100, h / 700), 0.6, 3.0);
  const double line = 24 * layout.unit, gap = 10 * layout.unit;
  layout.window = {0, 0, w, h};
  layout.hint = {gap, h - line, w - 2 * gap, line};
  layout.timeline = {gap, h - 2 * line, w - 2 * gap, line};
  const double free_height = h - 2 * line - gap;
  if (w >= h) {
    const double side = std::max(40.0, std::min(free_height - gap, w * 0.66));
    layout.board = {gap, gap, side, side};
    const double x = side + 2 * gap, column = w - x - gap;
    const double tenth = (free_height - gap) / 10;
    layout.panel = {x, gap, column, 4.2 * tenth - gap};
    layout.comment = {x, gap + 4.2 * tenth, column, 1.6 * tenth - gap};
    layout.graph = {x, gap + 5.8 * tenth, column, 2.2 * tenth - gap};
    layout.tree = {x, gap + 8 * tenth, column, 2 * tenth};
    return layout;
  }
  const double side = std::max(40.0, std::min(w - 2 * gap, h * 0.62));
  layout.board = {(w - side) / 2, gap, side, side};
  const double y = side + 2 * gap, rest = std::max(10.0, free_height - y), half = (w - 3 * gap) / 2;
  layout.panel = {gap, y, half, rest * 0.65 - gap};
  layout.comment = {gap, y + rest * 0.65, half, rest * 0.35};
  layout.graph = {2 * gap + half, y, half, rest * 0.5 - gap};
  layout.tree = {2 * gap + half, y + rest * 0.5, half, rest * 0.5};
  return layout;
}

}  // namespace

Layout layout_of(int width, int height, double scale) {
  Layout layout = placed(width, height, scale);
  for (Rect* rect : {&layout.board, &layout.panel, &layout.comment, &layout.graph, &layout.tree,
                     &layout.timeline, &layout.hint})
    *rect = whole(*rect);
  return layout;
}

BoardGrid grid_of(const Rect& rect, const BoardScene& board) {
  const double border = board.coordinates ? 2.1 : 1.1;  // both sides together, in cells
  const int most = std::max(board.width, board.height);
  BoardGrid grid;
  grid.cell = std::min(rect.width, rect.height) / (most - 1 + border);
  const double width = grid.cell * (board.width - 1 + border);
  const double height = grid.cell * (board.height - 1 + border);
  grid.wood = {rect.x + (rect.width - width) / 2, rect.y + (rect.height - height) / 2, width,
               height};
  grid.first = {grid.wood.x + grid.cell * border / 2, grid.wood.y + grid.cell * border / 2};
  return grid;
}

int point_at(const Rect& rect, const BoardScene& board, Point mouse) {
  const BoardGrid grid = grid_of(rect, board);
  const int column = static_cast<int>(std::floor((mouse.x - grid.first.x) / grid.cell + 0.5));
  const int row = static_cast<int>(std::floor((mouse.y - grid.first.y) / grid.cell + 0.5));
  if (column < 0 || row < 0 || column >= board.width || row >= board.height) return -1;
  return row * board.width + column;
}

std::string column_name(const BoardScene& board, int column) {
  if (!board.crossings) return std::string(1, static_cast<char>('a' + column));
  return std::string(1, static_cast<char>('A' + column + (column >= 8 ? 1 : 0)));
}

int named_point(const BoardScene& board, const std::string& name) {
  for (int column = 0; column < board.width; ++column) {
    if (!name.starts_with(column_name(board, column))) continue;
    for (int row = 0; row < board.height; ++row)
      if (name.substr(1) == std::to_string(board.height - row)) return row * board.width + column;
  }
  return -1;
}

TreeGrid tree_grid(const Rect& rect, const TreeScene& tree, double unit) {
  TreeGrid grid;
  grid.step = 20 * unit;
  grid.columns = std::max(1, static_cast<int>(rect.width / grid.step));
  grid.rows = std::max(1, static_cast<int>(rect.height / grid.step));
  grid.first_column = std::max(0, tree.now_column - grid.columns / 2);
  grid.first_row = std::max(0, tree.now_row - grid.rows / 2);
  return grid;
}

int node_at(const Rect& rect, const TreeScene& tree, double unit, Point mouse) {
  if (!rect.contains(mouse)) return -1;
  const TreeGrid grid = tree_grid(rect, tree, unit);
  const int column = grid.first_column + static_cast<int>((mouse.x - rect.x) / grid.step);
  const int row = grid.first_row + static_cast<int>((mouse.y - rect.y) / grid.step);
  for (const TreeDot& dot : tree.dots)
    if (dot.column == column && dot.row == row) return dot.node;
  return -1;
}

int move_at(const Rect& timeline, int moves, Point mouse) {
  if (!timeline.contains(mouse) || moves == 0) return -1;
  const double share = (mouse.x - timeline.x) / timeline.width;
  return std::clamp(static_cast<int>(std::lround(share * moves)), 0, moves);
}

}  // namespace tengen::tools::view
