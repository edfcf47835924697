#include <cmath>
#include <string>

#include "tools/view/colours.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {
namespace {

// The points marked on a Go board: (4-4) and their like from 13 up, (3-3) below, and the middle.
bool is_star(const BoardScene& board, int row, int column) {
  const int size = board.width;
  if (board.height != size || size < 7) return false;
  const int edge = size >= 13 ? 3 : 2;
  const auto on_line = [&](int i) { return i == edge || i == size - 1 - edge; };
  const auto middle = [&](int i) { return size % 2 == 1 && i == size / 2; };
  if (on_line(row) && on_line(column)) return true;
  if (middle(row) && middle(column)) return true;
  return size >= 17 && ((on_line(row) && middle(column)) || (middle(row) && on_line(column)));
}

void paint_crossings(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  const Stroke line{kLines, std::max(1.0, grid.cell * 0.028)};
  const auto sharp = [](double x) { return std::floor(x) + 0.5; };
  const double left = sharp(grid.first.x), top = sharp(grid.first.y);
  const double right = sharp(grid.first.x + grid.cell * (board.width - 1));
  const double bottom = sharp(grid.first.y + grid.cell * (board.height - 1));
  for (int row = 0; row < board.height; ++row) {
    const double y = sharp(grid.first.y + row * grid.cell);
    canvas.line({{left, y}, {right, y}}, line);
  }
  for (int column = 0; column < board.width; ++column) {
    const double x = sharp(grid.first.x + column * grid.cell);
    canvas.line({{x, top}, {x, bottom}}, line);
  }
  for (int row = 0; row < board.height; ++row)
    for (int column = 0; column < board.width; ++column)
      if (is_star(board, row, column))
        canvas.dot(grid.centre(board, row * board.width + column), grid.cell * 0.09, kLines);
}

void paint_cells(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  const Stroke line{kLines, std::max(1.0, grid.cell * 0.03)};
  const double left = grid.first.x - grid.cell / 2, top = grid.first.y - grid.cell / 2;
  for (int row = 0; row <= board.height; ++row)
    canvas.line(
        {{left, top + row * grid.cell}, {left + board.width * grid.cell, top + row * grid.cell}},
        line);
  for (int column = 0; column <= board.width; ++column)
    canvas.line({{left + column * grid.cell, top},
                 {left + column * grid.cell, top + board.height * grid.cell}},
                line);
}

void paint_coordinates(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  const TextStyle style{
      .size = grid.cell * 0.30, .colour = faded(kLines, 0.75), .align = Align::kCentre};
  const double away = grid.cell * 0.78;
  for (int column = 0; column < board.width; ++column) {
    const double x = grid.first.x + column * grid.cell;
    canvas.text({x, grid.first.y - away}, column_name(board, column), style);
    canvas.text({x, grid.first.y + (board.height - 1) * grid.cell + away},
                column_name(board, column), style);
  }
  for (int row = 0; row < board.height; ++row) {
    const double y = grid.first.y + row * grid.cell;
    const std::string name = std::to_string(board.height - row);
    canvas.text({grid.first.x - away, y}, name, style);
    canvas.text({grid.first.x + (board.width - 1) * grid.cell + away, y}, name, style);
  }
}

void paint_marks(Canvas& canvas, const BoardGrid& grid, const BoardScene& board,
                 const BoardArt& art) {
  if (board.last >= 0 && board.stones[static_cast<size_t>(board.last)] != 0) {
    const bool dark = board.stones[static_cast<size_t>(board.last)] == 1;
    canvas.ring(grid.centre(board, board.last), art.radius() * 0.5,
                {dark ? kLight : kInk, std::max(1.5, grid.cell * 0.05)});
  }
  if (board.ko >= 0) {
    const Point c = grid.centre(board, board.ko);
    const double r = grid.cell * 0.2;
    const Stroke line{kLines, std::max(1.5, grid.cell * 0.045)};
    canvas.line({{c.x - r, c.y - r},
                 {c.x + r, c.y - r},
                 {c.x + r, c.y + r},
                 {c.x - r, c.y + r},
                 {c.x - r, c.y - r}},
                line);
  }
}

void paint_number(Canvas& canvas, Point at, int number, int player, double cell) {
  const double size = cell * (number < 10 ? 0.46 : number < 100 ? 0.40 : 0.32);
  canvas.text(
      at, std::to_string(number),
      {.size = size, .bold = true, .colour = player == 1 ? kLight : kInk, .align = Align::kCentre});
}

}  // namespace

void paint_lines(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  if (board.crossings)
    paint_crossings(canvas, grid, board);
  else
    paint_cells(canvas, grid, board);
  if (board.coordinates) paint_coordinates(canvas, grid, board);
}

void paint_stones(Canvas& canvas, const BoardGrid& grid, const BoardScene& board,
                  const BoardArt& art) {
  for (int point = 0; point < board.width * board.height; ++point) {
    const size_t i = static_cast<size_t>(point);
    const int player = i < board.stones.size() ? board.stones[i] : 0;
    if (player == 0) continue;
    const bool dead = i < board.dead.size() && board.dead[i] != 0;
    art.stone(canvas, grid.centre(board, point), player, dead ? 0.35 : 1.0);
    if (i < board.numbers.size() && board.numbers[i] > 0)
      paint_number(canvas, grid.centre(board, point), board.numbers[i], player, grid.cell);
  }
  if (board.numbers.empty()) paint_marks(canvas, grid, board, art);
}

void paint_tries(Canvas& canvas, const BoardGrid& grid, const BoardScene& board,
                 const BoardArt& art) {
  for (const GhostStone& ghost : board.ghosts) {
    const Point centre = grid.centre(board, ghost.point);
    art.stone(canvas, centre, ghost.player, 0.75);
    paint_number(canvas, centre, ghost.number, ghost.player, grid.cell);
  }
  if (board.hover >= 0 && board.ghosts.empty())
    art.stone(canvas, grid.centre(board, board.hover), board.to_play, 0.45);
}

}  // namespace tengen::tools::view
