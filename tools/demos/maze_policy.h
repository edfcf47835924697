// What a policy does in every cell of a maze.
#pragma once

#include "envs/control/maze.h"
#include "nn/layers/module.h"

namespace tengen::tools {

// The action with the highest score in each cell (as Maze numbers them); -1 where no episode
// begins.
std::vector<int> policy_in(const envs::Maze& maze, nn::Layer& policy);

// Whether the ways that the actions lead are shortest ones, by cell.
std::vector<bool> shortest_ways(const envs::Maze& maze, const std::vector<int>& actions);

// Walls, arrows for the actions, green where the way is a shortest one and red where it is not.
nn::Tensor maze_picture(const envs::Maze& maze, const std::vector<int>& actions);

}  // namespace tengen::tools
