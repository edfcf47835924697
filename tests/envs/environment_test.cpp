// One contract for every environment, and each against an oracle of its own: CartPole against the
// equations of motion solved by another way, the maze against ways counted by hand.
#include "envs/environment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "envs/control/cartpole.h"
#include "envs/control/maze.h"
#include "nn/base/check.h"

namespace tengen::envs {
namespace {

std::vector<float> seen(const Environment& environment) {
  std::vector<float> numbers(environment.spec().observations.size(), -9.0f);
  environment.observe(numbers.data());
  return numbers;
}

class EnvironmentContract : public ::testing::TestWithParam<std::string> {};

TEST_P(EnvironmentContract, EpisodesEndAndRepeatThemselves) {
  const auto first = new_environment(GetParam());
  const EnvironmentSpec& spec = first->spec();
  EXPECT_EQ(spec.name, GetParam());
  Rng chance(1), same_chance(1), choice(2);
  const auto second = first->clone();
  for (int episode = 0; episode < 20; ++episode) {
    first->reset(chance);
    second->reset(same_chance);
    StepResult result;
    int steps = 0;
    for (; !result.over(); ++steps) {
      ASSERT_LT(steps, spec.max_steps);
      const auto actions = static_cast<uint32_t>(spec.actions.size());
      const int action = static_cast<int>(choice.below(actions));
      result = first->step(action);
      const StepResult again = second->step(action);
      EXPECT_EQ(result.reward, again.reward);
      EXPECT_EQ(result.over(), again.over());
      ASSERT_EQ(seen(*first), seen(*second));
      for (const float number : seen(*first)) EXPECT_TRUE(std::isfinite(number));
      EXPECT_FALSE(result.ended && result.cut);
    }
    EXPECT_EQ(result.cut, !result.ended && steps == spec.max_steps);
    EXPECT_THROW(first->step(0), CheckFailure) << "after the end";
  }
}

TEST_P(EnvironmentContract, AStateIsAllThatTheFutureDependsOn) {
  const auto first = new_environment(GetParam());
  const auto second = first->clone();
  Rng chance(3);
  first->reset(chance);
  for (int i = 0; i < 5; ++i) first->step(i % 2);
  EXPECT_EQ(second->state().size(), first->state().size());
  second->set_state(first->state());
  EXPECT_EQ(seen(*first), seen(*second));
  for (StepResult result; !result.over();) {
    result = first->step(1);
    const StepResult again = second->step(1);
    EXPECT_EQ(result.over(), again.over());
    ASSERT_EQ(seen(*first), seen(*second));
  }
}

TEST_P(EnvironmentContract, RefusesWhatIsNoAction) {
  const auto environment = new_environment(GetParam());
  EXPECT_THROW(environment->step(0), CheckFailure) << "before the first reset";
  Rng chance(1);
  environment->reset(chance);
  EXPECT_THROW(environment->step(-1), CheckFailure);
  EXPECT_THROW(environment->step(static_cast<int>(environment->spec().actions.size())),
               CheckFailure);
}

INSTANTIATE_TEST_SUITE_P(All, EnvironmentContract, ::testing::ValuesIn(environment_names()));

TEST(NewEnvironment, AnUnknownNameListsThoseThereAre) {
  try {
    new_environment("pendulum");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("cartpole, maze"), std::string::npos);
  }
}

// Lagrange's equations of cart and pole as two linear equations in both accelerations, solved by
// Cramer's rule; CartPole has them solved for one after the other.
TEST(CartPole, MovesAsLagrangesEquationsSay) {
  constexpr double kCart = 1.0, kPole = 0.1, kHalf = 0.5, kGravity = 9.8, kStep = 0.02;
  CartPole cartpole;
  Rng chance(4);
  for (int episode = 0; episode < 20; ++episode) {
    cartpole.reset(chance);
    StepResult result;
    for (int i = 0; !result.over() && i < 60; ++i) {
      const std::vector<float> s = seen(cartpole);
      const int action = static_cast<int>(chance.below(2));
      const double force = action == 1 ? 10 : -10;
      // (M + m) x'' + m l cos t'' = F + m l t'^2 sin;  m l cos x'' + 4/3 m l^2 t'' = m g l sin
      const double a = kCart + kPole, b = kPole * kHalf * std::cos(s[2]);
      const double d = 4.0 / 3.0 * kPole * kHalf * kHalf;
      const double e = force + kPole * kHalf * s[3] * s[3] * std::sin(s[2]);
      const double f = kPole * kGravity * kHalf * std::sin(s[2]);
      const double determinant = a * d - b * b;
      const double place_rate = (e * d - b * f) / determinant;
      const double turn_rate = (a * f - b * e) / determinant;
      result = cartpole.step(action);
      const std::vector<float> after = seen(cartpole);
      EXPECT_NEAR(after[0], s[0] + kStep * s[1], 1e-6);
      EXPECT_NEAR(after[1], s[1] + kStep * place_rate, 1e-5);
      EXPECT_NEAR(after[2], s[2] + kStep * s[3], 1e-6);
      EXPECT_NEAR(after[3], s[3] + kStep * turn_rate, 1e-5);
      EXPECT_EQ(result.reward, 1.0f);
      const bool fallen =
          std::abs(after[0]) > 2.4 || std::abs(after[2]) > 12 * std::numbers::pi / 180;
      EXPECT_EQ(result.ended, fallen);
    }
  }
}

TEST(CartPole, IsCutAfterFiveHundredSteps) {
  CartPole cartpole;
  Rng chance(5);
  cartpole.reset(chance);
  // Leaning against pole and cart at once holds the pole up, as the linearised motion says.
  int steps = 0;
  StepResult result;
  for (; !result.over(); ++steps) {
    const std::vector<float> s = seen(cartpole);
    result = cartpole.step(s[2] + 0.3f * s[3] + 0.03f * s[0] + 0.06f * s[1] > 0 ? 1 : 0);
  }
  EXPECT_TRUE(result.cut);
  EXPECT_EQ(steps, 500);
}

TEST(Maze, CountsTheShortestWays) {
  const Maze maze("#####\n#..G#\n#.#.#\n#...#\n#####\n");
  EXPECT_EQ(maze.height(), 5);
  EXPECT_EQ(maze.width(), 5);
  const auto at = [](int row, int column) { return row * 5 + column; };
  EXPECT_EQ(maze.distance(at(1, 3)), 0);
  EXPECT_EQ(maze.distance(at(1, 2)), 1);
  EXPECT_EQ(maze.distance(at(1, 1)), 2);
  EXPECT_EQ(maze.distance(at(2, 1)), 3);
  EXPECT_EQ(maze.distance(at(3, 1)), 4);
  EXPECT_EQ(maze.distance(at(3, 3)), 2);
  EXPECT_EQ(maze.distance(at(2, 2)), -1) << "a wall";
  EXPECT_FLOAT_EQ(maze.best_return(at(3, 1)), 0.96f);
}

TEST(Maze, WalksAndStaysBeforeWalls) {
  Maze maze("#####\n#..G#\n#####\n");
  maze.begin_at(6);
  EXPECT_FLOAT_EQ(maze.step(0).reward, -0.01f);
  EXPECT_EQ(maze.place(), 6);
  EXPECT_FALSE(maze.step(1).over());
  EXPECT_EQ(maze.place(), 7);
  const StepResult result = maze.step(1);
  EXPECT_TRUE(result.ended);
  EXPECT_FLOAT_EQ(result.reward, 0.99f);
}

TEST(Maze, SaysWhatIsWrongWithAMap) {
  for (const auto& [map, part] : std::vector<std::pair<std::string, std::string>>{
           {"###\n#.#\n###\n", "one G is needed, not 0"},
           {"####\n#G.#\n###\n", "line 3: has 3 cells; the first has 4"},
           {"####\n#Gx#\n####\n", "line 2: 'x'"},
           {"####\n#G..\n####\n", "line 2: begins or ends without a wall"},
           {"#.##\n#G.#\n####\n", "must be walls"},
           {"###\n#G#\n###\n", "no free cell"},
           {"", "must be walls"}}) {
    try {
      const Maze maze(map);
      ADD_FAILURE() << map;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace tengen::envs
