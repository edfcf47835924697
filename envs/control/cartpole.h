// CartPole: a pole stands on a cart, and the cart is pushed left or right at every moment so that
// the pole does not fall (Barto, Sutton and Anderson 1983, "Neuronlike adaptive elements that can
// solve difficult learning control problems", appendix; without its friction).
#pragma once

#include "envs/environment.h"

namespace tengen::envs {

// Constants and limits as in Gymnasium's CartPole-v1: a reward of 1 for every step, the last one
// included; the end is a cart beyond 2.4 m or a pole beyond 12 degrees; cut after 500 steps.
class CartPole : public Environment {
 public:
  struct Motion {
    float place = 0.0f;    // of the cart, m
    float speed = 0.0f;    // m/s
    float angle = 0.0f;    // of the pole, rad from upright, to the right
    float turning = 0.0f;  // rad/s
  };

  const EnvironmentSpec& spec() const override;
  std::unique_ptr<Environment> clone() const override;
  void reset(Rng& rng) override;  // each of the four drawn from [-0.05, 0.05)
  StepResult step(int action) override;
  void observe(float* out) const override;
  std::vector<float> state() const override;
  void set_state(const std::vector<float>& state) override;

 private:
  Motion motion_;
  int steps_ = 0;
  bool running_ = false;
};

}  // namespace tengen::envs
