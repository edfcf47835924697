#include "envs/control/cartpole.h"

#include <cmath>
#include <numbers>

#include "nn/base/check.h"

namespace tengen::envs {
namespace {

constexpr double kGravity = 9.8;     // m/s^2
constexpr double kCartMass = 1.0;    // kg
constexpr double kPoleMass = 0.1;    // kg
constexpr double kHalfLength = 0.5;  // of the pole, m
constexpr double kForce = 10.0;      // N
constexpr double kStepSeconds = 0.02;
constexpr double kMostPlace = 2.4;  // m
constexpr double kMostAngle = 12 * std::numbers::pi / 180;

// One step of Euler's method, speeds being those before it.
CartPole::Motion moved(const CartPole::Motion& now, double force) {
  const double mass = kCartMass + kPoleMass;
  const double sine = std::sin(now.angle), cosine = std::cos(now.angle);
  const double push = (force + kPoleMass * kHalfLength * now.turning * now.turning * sine) / mass;
  const double turning_rate = (kGravity * sine - cosine * push) /
                              (kHalfLength * (4.0 / 3.0 - kPoleMass * cosine * cosine / mass));
  const double speed_rate = push - kPoleMass * kHalfLength * turning_rate * cosine / mass;
  const auto after = [](float value, double rate) {
    return static_cast<float>(value + kStepSeconds * rate);
  };
  return {after(now.place, now.speed), after(now.speed, speed_rate), after(now.angle, now.turning),
          after(now.turning, turning_rate)};
}

}  // namespace

const EnvironmentSpec& CartPole::spec() const {
  static const EnvironmentSpec kSpec{.name = "cartpole",
                                     .observations = {"place", "speed", "angle", "turning"},
                                     .actions = {"left", "right"},
                                     .max_steps = 500};
  return kSpec;
}

std::unique_ptr<Environment> CartPole::clone() const { return std::make_unique<CartPole>(*this); }

void CartPole::reset(Rng& rng) {
  for (float* number : {&motion_.place, &motion_.speed, &motion_.angle, &motion_.turning})
    *number = static_cast<float>(0.1 * rng.uniform() - 0.05);
  steps_ = 0;
  running_ = true;
}

StepResult CartPole::step(int action) {
  CHECK(running_);
  CHECK(0 <= action);
  CHECK(action <= 1);
  motion_ = moved(motion_, action == 1 ? kForce : -kForce);
  ++steps_;
  StepResult result{.reward = 1.0f};
  result.ended = std::abs(motion_.place) > kMostPlace || std::abs(motion_.angle) > kMostAngle;
  result.cut = !result.ended && steps_ >= spec().max_steps;
  running_ = !result.over();
  return result;
}

void CartPole::observe(float* out) const {
  out[0] = motion_.place;
  out[1] = motion_.speed;
  out[2] = motion_.angle;
  out[3] = motion_.turning;
}

std::vector<float> CartPole::state() const {
  return {motion_.place,
          motion_.speed,
          motion_.angle,
          motion_.turning,
          static_cast<float>(steps_),
          running_ ? 1.0f : 0.0f};
}

void CartPole::set_state(const std::vector<float>& state) {
  CHECK(state.size() == 6);
  motion_ = {state[0], state[1], state[2], state[3]};
  steps_ = static_cast<int>(state[4]);
  running_ = state[5] != 0.0f;
}

}  // namespace tengen::envs
