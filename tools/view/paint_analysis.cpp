#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/view/colours.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {
namespace {

std::string visits_text(int visits) {
  if (visits < 1000) return std::to_string(visits);
  if (visits < 10000) return fmt::format("{:.1f}k", visits / 1000.0);
  return fmt::format("{}k", visits / 1000);
}

}  // namespace

// Squares on the points, as large as the owner is sure; on stones only where they are lost.
void paint_ownership(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  for (size_t i = 0; i < board.ownership.size(); ++i) {
    const double owner = board.ownership[i], sure = std::min(1.0, std::abs(owner));
    const int stone = board.stones[i];
    if (sure < 0.08 || stone == (owner > 0 ? 1 : 2)) continue;
    const Point c = grid.centre(board, static_cast<int>(i));
    const double side = grid.cell * 0.62 * std::sqrt(sure);
    const Colour colour = owner > 0 ? Colour{0.05, 0.05, 0.07} : Colour{0.98, 0.98, 0.96};
    canvas.rectangle({c.x - side / 2, c.y - side / 2}, side, side, faded(colour, 0.62));
  }
}

// Discs whose area is the chance that the network gives a move before any search.
void paint_policy(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  for (size_t i = 0; i < board.policy.size(); ++i) {
    const double chance = board.policy[i];
    if (chance < 0.004) continue;
    const Point c = grid.centre(board, static_cast<int>(i));
    canvas.dot(c, grid.cell * (0.10 + 0.38 * std::sqrt(chance)),
               faded(blended(kFirstSide, kSecondSide, std::sqrt(chance)), 0.70));
    if (chance >= 0.05)
      canvas.text(c, fmt::format("{:.0f}", 100 * chance),
                  {.size = grid.cell * 0.27, .bold = true, .align = Align::kCentre});
  }
}

// The best is orange, the others blue, fading with their visits.
void paint_candidates(Canvas& canvas, const BoardGrid& grid, const BoardScene& board) {
  const auto label = [&](Point at, const std::string& text, double size, bool bold) {
    canvas.text(at, text,
                {.size = grid.cell * size,
                 .bold = bold,
                 .colour = {0.04, 0.05, 0.08},
                 .align = Align::kCentre});
  };
  bool best = true;
  for (const Candidate& candidate : board.candidates) {
    if (candidate.point < 0) {
      best = false;
      continue;
    }
    const Point c = grid.centre(board, candidate.point);
    const Colour colour = best ? kSecondSide : kFirstSide;
    canvas.dot(c, grid.cell * 0.47,
               faded(blended(colour, {1, 1, 1}, 0.15), 0.35 + 0.6 * candidate.share));
    if (candidate.share >= 0.02 || best) {
      label({c.x, c.y - grid.cell * 0.12}, fmt::format("{:.1f}", 100 * candidate.win_rate), 0.28,
            true);
      label({c.x, c.y + grid.cell * 0.20}, visits_text(candidate.visits), 0.22, false);
    }
    best = false;
  }
}

}  // namespace tengen::tools::view
