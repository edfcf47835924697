// `tengen demo rl`: agents learn by trying. A pole is kept upright on a cart (Barto, Sutton and
// Anderson 1983) and a way is found out of a maze, by PPO (Schulman et al. 2017) or by DQN (Mnih et
// al. 2015); the agents are in agents/ppo.cpp and agents/dqn.cpp.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "agents/dqn.h"
#include "agents/ppo.h"
#include "nn/base/check.h"
#include "nn/ops.h"
#include "tools/demos/demo.h"
#include "tools/demos/demo_run.h"
#include "tools/demos/maze_policy.h"
#include "tools/demos/try_and_learn.h"

namespace tengen::tools {
namespace {

using namespace nn;  // NOLINT: the page is about nothing else

constexpr uint64_t kTestSeed = 2'000'000;  // of chances unlike the training's

std::string task_of(const std::string& recipe) { return recipe.substr(0, recipe.find('-')); }

std::unique_ptr<agents::Learner> make_learner(const envs::Environment& environment,
                                              const std::string& recipe, uint64_t seed) {
  if (recipe == "cartpole-ppo") return agents::make_ppo(environment, {}, seed);
  if (recipe == "maze-ppo")
    return agents::make_ppo(environment,
                            {.environments = 32,
                             .batch_size = 256,
                             .passes = 8,
                             .rate = 3e-3f,
                             .discount = 0.95f,
                             .trace = 0.9f,
                             .entropy_weight = 0.05f},
                            seed);
  return agents::make_dqn(environment, {}, seed);
}

// "0.1,0,0.02,0" as the numbers that are seen; in the maze "3,1", row and column.
Tensor parse_observation(const envs::Environment& environment, const std::string& text) {
  const std::vector<std::string>& names = environment.spec().observations;
  std::vector<float> numbers;
  std::istringstream in(text);
  for (float number = 0; in >> number && std::isfinite(number); in.ignore(1, ','))
    numbers.push_back(number);
  const auto* maze = dynamic_cast<const envs::Maze*>(&environment);
  if (maze && numbers.size() == 2 && 0 <= numbers[0] && 0 <= numbers[1] &&
      numbers[0] < static_cast<float>(maze->height()) &&
      numbers[1] < static_cast<float>(maze->width())) {
    const int cell = static_cast<int>(numbers[0]) * maze->width() + static_cast<int>(numbers[1]);
    numbers.assign(names.size(), 0.0f);
    numbers[cell] = 1.0f;
  }
  if (!in.eof() || numbers.size() != names.size())
    throw Error("\"" + text + "\": " +
                (maze ? "two numbers, a cell of the maze as ROW,COLUMN,"
                      : std::to_string(names.size()) + " numbers with commas between them") +
                " are asked for");
  return {{static_cast<int64_t>(numbers.size())}, numbers};
}

// How many of the ways out of the maze are shortest ones, which a search knows.
Figure test_in_maze(DemoRun& run, Layer& policy) {
  const envs::Maze maze;
  const std::vector<int> actions = policy_in(maze, policy);
  const std::vector<bool> shortest = shortest_ways(maze, actions);
  if (run.pictures()) run.picture("maze", maze_picture(maze, actions));
  const auto cells = std::count_if(actions.begin(), actions.end(), [](int a) { return a >= 0; });
  const auto right = std::count(shortest.begin(), shortest.end(), true);
  return {"shortest ways", 100.0 * static_cast<double>(right) / static_cast<double>(cells), "%"};
}

Figures run_rl(const DemoOptions& options) {
  if (!options.data.empty())
    throw Error("rl: --data " + options.data + ": it learns by trying and takes no data");
  DemoRun run("rl", options);
  fmt::print("Data: none; the agent learns from what it tries itself. An epoch is {} steps.\n",
             kEpochSteps);
  const auto environment = envs::new_environment(task_of(options.recipe));
  const auto learner = make_learner(*environment, options.recipe, options.seed);
  const int64_t epochs = environment->spec().name == "maze" ? 10 : 24;
  const Tried tried = try_and_learn(run, options, *environment, *learner,
                                    options.epochs > 0 ? options.epochs : epochs);

  const std::vector<double> returns =
      agents::greedy_returns(learner->policy(), *environment, 100, kTestSeed + options.seed);
  const auto [least, greatest] = std::minmax_element(returns.begin(), returns.end());
  fmt::print("Mean reward of 100 new episodes: {:.2f}, from {:.2f} to {:.2f}.\n", mean_of(returns),
             *least, *greatest);
  Figures figures{{"mean reward of 100 episodes", mean_of(returns), ""}};
  if (run.pictures()) run.picture("reward", tried.chart);
  if (environment->spec().name == "maze") figures.push_back(test_in_maze(run, learner->policy()));
  figures.push_back({"training time", tried.seconds, "s"});
  run.save(learner->policy(), {{"recipe", options.recipe}});
  run.finish();
  return figures;
}

Served serve_rl(const TrainedNet& file) {
  const std::string recipe = file.text("recipe");
  const std::shared_ptr<envs::Environment> environment = envs::new_environment(task_of(recipe));
  const std::shared_ptr<agents::Learner> learner = make_learner(*environment, recipe, 1);
  const std::shared_ptr<Layer> net(learner, &learner->policy());
  load_into(*net, file);
  net->train(false);
  const auto count = static_cast<int64_t>(environment->spec().observations.size());
  return {.net = net,
          .forward = [net](const auto& in) { return std::vector{net->forward(in[0])}; },
          .input_shapes = {{1, count}},
          .answer =
              [=](const std::string& input) {
                const NoGrad no_grad;
                const Tensor seen = parse_observation(*environment, input);
                const Tensor scores = net->forward(Var(seen.reshape({1, count}))).value();
                return environment->spec().actions[agents::best_actions(scores)[0]];
              },
          .input_help = environment->spec().name == "maze"
                            ? "a cell as ROW,COLUMN, from 0"
                            : "what is seen: place,speed,angle,turning, as 0.1,0,0.02,0"};
}

}  // namespace

Demo rl_demo() {
  return {.name = "rl",
          .about = "Agents learn to balance a pole and to leave a maze, by trying",
          .data_help = "None: agents learn from what they try themselves",
          .recipes = {{"cartpole-ppo", "the pole, by proximal policy optimisation"},
                      {"cartpole-dqn", "the pole, by deep Q-learning"},
                      {"maze-dqn", "the maze, by deep Q-learning"},
                      {"maze-ppo", "the maze, by proximal policy optimisation"}},
          .bench = {"cartpole-ppo", "cartpole-dqn", "maze-dqn", "maze-ppo"},
          .run = run_rl,
          .serve = serve_rl};
}

}  // namespace tengen::tools
