#include <algorithm>
#include <cmath>

#include "tools/view/colours.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {

const BoardArt& Painter::art(const BoardGrid& grid) {
  const int width = static_cast<int>(std::ceil(grid.wood.width));
  const int height = static_cast<int>(std::ceil(grid.wood.height));
  for (const auto& art : arts_)
    if (art->fits(width, height, grid.cell)) return *art;
  constexpr size_t kKept = 3;  // sizes; more are those of a window that was made larger
  if (arts_.size() >= kKept) arts_.erase(arts_.begin());
  arts_.push_back(std::make_unique<BoardArt>(width, height, grid.cell));
  return *arts_.back();
}

void Painter::board_at_rest(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  canvas.paste(art(grid).wood(), {std::round(grid.wood.x), std::round(grid.wood.y)});
  paint_lines(canvas, grid, board);
  paint_stones(canvas, grid, board, art(grid));
}

void Painter::board(Canvas& canvas, const Rect& rect, const BoardScene& board) {
  const BoardGrid grid = grid_of(rect, board);
  paint_ownership(canvas, grid, board);
  paint_policy(canvas, grid, board);
  if (board.ghosts.empty()) paint_candidates(canvas, grid, board);
  paint_tries(canvas, grid, board, art(grid));
}

void Painter::kept_board(Canvas& canvas, const Rect& rect, const BoardScene& board) {
  BoardScene at_rest = board;
  at_rest.hover = -1;
  at_rest.candidates.clear();
  at_rest.policy.clear();
  at_rest.ownership.clear();
  at_rest.ghosts.clear();
  const int width = static_cast<int>(std::ceil(rect.width)) + 1;
  const int height = static_cast<int>(std::ceil(rect.height)) + 1;
  if (!kept_ || kept_->width() != width || kept_->height() != height || kept_scene_ != at_rest) {
    kept_ = std::make_unique<Canvas>(width, height);
    kept_->rectangle({0, 0}, width, height, kGround);
    board_at_rest(*kept_, grid_of({0, 0, rect.width, rect.height}, board), board);
    kept_scene_ = std::move(at_rest);
  }
  canvas.paste(*kept_, rect.corner());
}

void Painter::wall(Canvas& canvas, const Layout& layout, const WallScene& wall) {
  const double gap = 10 * layout.unit, line = 20 * layout.unit;
  const double curves_height = wall.curves.empty() ? 0 : layout.window.height * 0.24;
  const double height = layout.window.height - curves_height - 3 * gap - layout.hint.height;
  const double width = layout.window.width;
  const auto games = std::max<size_t>(1, wall.games.size());
  size_t columns = 1;
  double side = 0;
  for (size_t c = 1; c <= games; ++c) {  // the columns that make the boards largest
    const auto rows = static_cast<double>((games + c - 1) / c);
    const double fits =
        std::min((width - gap) / static_cast<double>(c) - gap, height / rows - gap - line);
    if (fits > side) {
      side = fits;
      columns = c;
    }
  }
  side = std::floor(side);
  const auto rows = static_cast<double>((games + columns - 1) / columns);
  const double left = std::round((width - static_cast<double>(columns) * (side + gap) - gap) / 2);
  const double top = std::round(std::max(0.0, (height - rows * (side + gap + line)) / 2));
  for (size_t i = 0; i < wall.games.size(); ++i) {
    const double x = std::round(left + gap + static_cast<double>(i % columns) * (side + gap));
    const double y = std::round(top + gap + static_cast<double>(i / columns) * (side + gap + line));
    board_at_rest(canvas, grid_of({x, y, side, side}, wall.games[i].board), wall.games[i].board);
    canvas.text({x + side / 2, y + side + line / 2}, wall.games[i].caption,
                {.size = 12 * layout.unit, .colour = kSoft, .align = Align::kCentre});
  }
  const auto count = static_cast<double>(std::max<size_t>(1, wall.curves.size()));
  const double curve_width = (width - gap) / count - gap;
  for (size_t i = 0; i < wall.curves.size(); ++i)
    paint_curve(canvas,
                {gap + static_cast<double>(i) * (curve_width + gap),
                 layout.window.height - layout.hint.height - curves_height - gap, curve_width,
                 curves_height},
                wall.curves[i], layout.unit);
}

void Painter::paint(Canvas& canvas, const Layout& layout, const Scene& scene) {
  canvas.rectangle({0, 0}, layout.window.width, layout.window.height, kGround);
  if (scene.wall) {
    wall(canvas, layout, *scene.wall);
  } else {
    kept_board(canvas, layout.board, scene.board);
    board(canvas, layout.board, scene.board);
    paint_panel(canvas, layout.panel, scene.panel, layout.unit);
    paint_comment(canvas, layout.comment, scene.comment, layout.unit);
    paint_graph(canvas, layout.graph, scene.graph, layout.unit);
    paint_tree(canvas, layout.tree, scene.tree, layout.unit);
    paint_timeline(canvas, layout.timeline, scene.moves, scene.move, layout.unit);
  }
  canvas.text({layout.hint.x, layout.hint.centre().y}, scene.hint,
              {.size = 12 * layout.unit, .colour = kSoft});
  if (!scene.banner.empty()) paint_banner(canvas, layout, scene.banner);
  if (!scene.help.empty()) paint_help(canvas, layout, scene.help);
}

}  // namespace tengen::tools::view
