#include "tools/view/board_scene.h"

#include "envs/go/state.h"

namespace tengen::tools::view {
namespace {

void place_go(const envs::go::GoState& state, BoardScene& scene) {
  for (int point = 0; point < state.board().area(); ++point)
    scene.stones[static_cast<size_t>(point)] =
        static_cast<int8_t>(state.board()[state.point_of(point)]);
  state.for_each_repetition_point([&](envs::go::Point p) { scene.ko = state.action_of(p); });
}

// Planes 0 and 1 are the stones of the player to move and of the other.
void place_planes(const envs::State& state, BoardScene& scene) {
  const envs::GameSpec& spec = state.spec();
  const auto planes = static_cast<size_t>(spec.planes);
  std::vector<float> cells(scene.stones.size() * planes);
  state.encode(0, cells.data());
  const int8_t mine = scene.to_play == 1 ? 1 : 2, theirs = scene.to_play == 1 ? 2 : 1;
  for (size_t point = 0; point < scene.stones.size(); ++point) {
    if (cells[point * planes] > 0.5f) scene.stones[point] = mine;
    if (cells[point * planes + 1] > 0.5f) scene.stones[point] = theirs;
  }
}

}  // namespace

BoardScene board_scene(const envs::State& state) {
  const envs::GameSpec& spec = state.spec();
  BoardScene scene;
  scene.height = spec.height;
  scene.width = spec.width;
  scene.stones.assign(static_cast<size_t>(spec.height) * static_cast<size_t>(spec.width), 0);
  scene.to_play = state.to_play() == envs::Player::kFirst ? 1 : 2;
  if (const auto* go = dynamic_cast<const envs::go::GoState*>(&state)) {
    place_go(*go, scene);
  } else {
    scene.crossings = false;
    place_planes(state, scene);
  }
  return scene;
}

bool is_point(const envs::State& state, envs::Action action) {
  return action < state.spec().height * state.spec().width;
}

}  // namespace tengen::tools::view
