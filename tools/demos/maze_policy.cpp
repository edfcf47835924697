#include "tools/demos/maze_policy.h"

#include "agents/learner.h"
#include "nn/autograd.h"
#include "tools/pictures/canvas.h"

namespace tengen::tools {
namespace {

constexpr int kCell = 48;  // pixels

// Where the actions of Maze lead.
constexpr Point kDirections[] = {{0, -1}, {1, 0}, {0, 1}, {-1, 0}};

void draw_arrow(Canvas& canvas, Point middle, Point direction) {
  constexpr double kHalf = 14, kHead = 6;
  const auto at = [&](double along, double beside) {
    return Point{middle.x + along * direction.x - beside * direction.y,
                 middle.y + along * direction.y + beside * direction.x};
  };
  const Stroke stroke{.width = 2.5};
  canvas.line({at(-kHalf, 0), at(kHalf, 0)}, stroke);
  canvas.line({at(kHalf - kHead, -kHead), at(kHalf, 0), at(kHalf - kHead, kHead)}, stroke);
}

}  // namespace

std::vector<int> policy_in(const envs::Maze& maze, nn::Layer& policy) {
  const nn::NoGrad no_grad;
  const int cells = maze.height() * maze.width();
  nn::Tensor seen({cells, cells});  // row i is what is seen in cell i
  for (int cell = 0; cell < cells; ++cell) seen.data()[cell * cells + cell] = 1.0f;
  std::vector<int> actions = agents::best_actions(policy.forward(nn::Var(seen)).value());
  for (int cell = 0; cell < cells; ++cell)
    if (maze.distance(cell) <= 0) actions[cell] = -1;
  return actions;
}

std::vector<bool> shortest_ways(const envs::Maze& maze, const std::vector<int>& actions) {
  std::vector<bool> shortest(actions.size(), false);
  for (size_t cell = 0; cell < actions.size(); ++cell) {
    if (actions[cell] < 0) continue;
    envs::Maze walk = maze;
    walk.begin_at(static_cast<int>(cell));
    int steps = 0;
    while (maze.distance(walk.place()) == maze.distance(static_cast<int>(cell)) - steps) {
      if (walk.step(actions[walk.place()]).ended) {
        shortest[cell] = true;
        break;
      }
      ++steps;
    }
  }
  return shortest;
}

nn::Tensor maze_picture(const envs::Maze& maze, const std::vector<int>& actions) {
  const std::vector<bool> shortest = shortest_ways(maze, actions);
  Canvas canvas(maze.width() * kCell, maze.height() * kCell);
  for (int cell = 0; cell < static_cast<int>(actions.size()); ++cell) {
    const Point corner{static_cast<double>(cell % maze.width() * kCell),
                       static_cast<double>(cell / maze.width() * kCell)};
    const Point middle{corner.x + kCell / 2.0, corner.y + kCell / 2.0};
    if (maze.cell(cell) == '#') {
      canvas.rectangle(corner, kCell, kCell, {0.30, 0.32, 0.36});
    } else if (maze.cell(cell) == 'G') {
      canvas.rectangle(corner, kCell, kCell, {0.95, 0.75, 0.20});
      canvas.text(middle, "goal", {.size = 14, .bold = true, .align = Align::kCentre});
    } else if (actions[cell] >= 0) {
      canvas.rectangle(corner, kCell, kCell,
                       shortest[cell] ? Colour{0.88, 0.96, 0.90} : Colour{0.99, 0.87, 0.82});
      draw_arrow(canvas, middle, kDirections[actions[cell]]);
    }
  }
  return canvas.pixels();
}

}  // namespace tengen::tools
