// Learning-rate schedules: the number of a step, from 0, to a rate.
//
//   const Schedule rate = with_warmup(cosine_rate(scaled_rate(0.1f, 1024, 256), 30000), 500);
//   optimizer->step(rate(step));
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "nn/layers/module.h"

namespace tengen::nn {

using Schedule = std::function<float(int64_t step)>;

Schedule constant_rate(float rate);
// rate * factor^(step / every), rounded down.
Schedule step_rate(float rate, int64_t every, float factor = 0.1f);
// rate * factor^(number of `milestones` that step has reached); milestones ascend.
Schedule milestone_rate(float rate, std::vector<int64_t> milestones, float factor = 0.1f);
// From `rate` down to `rate * final_share` on half a cosine over `steps`, and there ever after
// (Loshchilov and Hutter 2017, equation 5).
Schedule cosine_rate(float rate, int64_t steps, float final_share = 0.0f);
// The same again and again: the first fall takes `first_steps`, each next `factor` times as many.
Schedule cosine_restarts(float rate, int64_t first_steps, float factor = 2.0f,
                         float final_share = 0.0f);
// Up on half a cosine from `peak / start_divisor` in the first `rise_share` of `steps`, then down
// to `peak / end_divisor` (Smith and Topin 2018; half cosines for their straight lines).
struct OneCycle {
  float peak = 0.1f;
  int64_t steps = 1000;
  float rise_share = 0.3f;
  float start_divisor = 25.0f;
  float end_divisor = 1e5f;
};
Schedule one_cycle(const OneCycle& cycle);
// min(1, (step + 1) / steps) times the other schedule, which is not delayed (Goyal et al. 2017,
// section 2.2). With 0 steps nothing changes.
Schedule with_warmup(Schedule schedule, int64_t steps);
// The rate for `batch` rows, where `rate` was good for `base_batch` (Goyal et al. 2017).
float scaled_rate(float rate, int64_t batch, int64_t base_batch);

// Lowers a factor of the rate when a measure no longer falls:
//   optimizer->step(rate(step) * plateau.factor());   ...   plateau.update(validation_loss);
struct PlateauOptions {
  float factor = 0.1f;              // each time
  int patience = 10;                // updates without improvement before it falls
  float least_improvement = 1e-4f;  // as a share of the best measure so far
  float least_factor = 1e-4f;       // where it stops falling
};
class Plateau {
 public:
  explicit Plateau(const PlateauOptions& options = {});
  float factor() const;
  // `measure` is to fall: a validation loss, or minus an accuracy. True when the factor fell.
  bool update(float measure);
  std::vector<NamedTensor> state() const;
  void load_state(const std::vector<NamedTensor>& entries);

 private:
  const PlateauOptions options_;
  Tensor state_;  // [3]: factor, best measure, updates since the best
};

}  // namespace tengen::nn
