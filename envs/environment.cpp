#include "envs/environment.h"

#include "envs/control/cartpole.h"
#include "envs/control/maze.h"
#include "nn/base/check.h"

namespace tengen::envs {

std::vector<std::string> environment_names() { return {"cartpole", "maze"}; }

std::unique_ptr<Environment> new_environment(const std::string& name) {
  if (name == "cartpole") return std::make_unique<CartPole>();
  if (name == "maze") return std::make_unique<Maze>();
  std::string known;
  for (const std::string& one : environment_names()) known += (known.empty() ? "" : ", ") + one;
  throw Error("no environment is called \"" + name + "\"; there are " + known);
}

}  // namespace tengen::envs
