// The contract of a task for one agent: it acts, and the world answers with a reward and with what
// is seen next (Sutton and Barto 2018, section 3.1). state.h is that of games for two.
//
// tests/envs runs one contract test on every environment of new_environment().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/base/rng.h"

namespace tengen::envs {

struct EnvironmentSpec {
  std::string name;                       // as new_environment() takes it
  std::vector<std::string> observations;  // names of the numbers that are seen
  std::vector<std::string> actions;       // names; an action is an index
  int max_steps = 0;                      // an episode is cut there
};

struct StepResult {
  float reward = 0.0f;
  bool ended = false;  // there is nothing more to be had
  bool cut = false;    // after max_steps, though there would be more; never together with `ended`
  bool over() const { return ended || cut; }
};

class Environment {
 public:
  virtual ~Environment() = default;

  virtual const EnvironmentSpec& spec() const = 0;
  virtual std::unique_ptr<Environment> clone() const = 0;

  // Begins an episode, as chance will have it.
  virtual void reset(Rng& rng) = 0;
  // CheckFailure for an action that is none, before the first reset and after an episode's end.
  virtual StepResult step(int action) = 0;
  // Writes spec().observations.size() numbers.
  virtual void observe(float* out) const = 0;

  // All that the future depends on, for checkpoints; always equally many numbers.
  virtual std::vector<float> state() const = 0;
  virtual void set_state(const std::vector<float>& state) = 0;
};

std::vector<std::string> environment_names();
// An unknown name is an Error that lists those there are.
std::unique_ptr<Environment> new_environment(const std::string& name);

}  // namespace tengen::envs
