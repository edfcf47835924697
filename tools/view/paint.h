// The painters: each draws one part of a scene into its rectangle.
#pragma once

#include <memory>

#include "tools/view/layout.h"

namespace tengen::tools::view {

// Wood and stones of one size, drawn once and pasted from then on.
class BoardArt {
 public:
  BoardArt(int wood_width, int wood_height, double cell);
  bool fits(int wood_width, int wood_height, double cell) const;
  const Canvas& wood() const { return wood_; }
  void stone(Canvas& canvas, Point centre, int player, double opacity = 1.0) const;
  double radius() const { return radius_; }

 private:
  int wood_width_, wood_height_;
  double cell_, radius_;
  Canvas wood_, black_, white_;
};

class Painter {
 public:
  void paint(Canvas& canvas, const Layout& layout, const Scene& scene);

 private:
  void board(Canvas& canvas, const Rect& rect, const BoardScene& board);
  void board_at_rest(Canvas& canvas, const BoardGrid& grid, const BoardScene& board);
  void kept_board(Canvas& canvas, const Rect& rect, const BoardScene& board);
  void wall(Canvas& canvas, const Layout& layout, const WallScene& wall);
  const BoardArt& art(const BoardGrid& grid);

  std::vector<std::unique_ptr<BoardArt>> arts_;  // of the sizes in use
  // The large board as it was last drawn, without what changes while nobody moves.
  BoardScene kept_scene_;
  std::unique_ptr<Canvas> kept_;
};

// paint_board.cpp
void paint_lines(Canvas& canvas, const BoardGrid& grid, const BoardScene& board);
void paint_stones(Canvas& canvas, const BoardGrid& grid, const BoardScene& board,
                  const BoardArt& art);
void paint_tries(Canvas& canvas, const BoardGrid& grid, const BoardScene& board,
                 const BoardArt& art);  // ghosts, and the stone under the mouse
// paint_analysis.cpp: what network and search think, on the board
void paint_ownership(Canvas& canvas, const BoardGrid& grid, const BoardScene& board);
void paint_policy(Canvas& canvas, const BoardGrid& grid, const BoardScene& board);
void paint_candidates(Canvas& canvas, const BoardGrid& grid, const BoardScene& board);
// paint_side.cpp: what stands beside it
void paint_panel(Canvas& canvas, const Rect& rect, const std::vector<PanelLine>& lines,
                 double unit);
void paint_comment(Canvas& canvas, const Rect& rect, const std::string& text, double unit);
void paint_graph(Canvas& canvas, const Rect& rect, const GraphScene& graph, double unit);
void paint_curve(Canvas& canvas, const Rect& rect, const WallCurve& curve, double unit);
void paint_tree(Canvas& canvas, const Rect& rect, const TreeScene& tree, double unit);
void paint_timeline(Canvas& canvas, const Rect& rect, int moves, int move, double unit);
// paint_over.cpp: what lies over the rest
void paint_banner(Canvas& canvas, const Layout& layout, const std::string& text);
void paint_help(Canvas& canvas, const Layout& layout, const std::vector<HelpLine>& help);

}  // namespace tengen::tools::view
