#include "nn/cuda/trunk_runs.h"

#include <algorithm>

#include "nn/cuda/tap_layout.h"

namespace tengen::nn {
namespace {

bool fits_alone(const HalfConvolutionParts& parts) {
  return knows_taps(parts.shape) && parts.shape.in == parts.shape.out && !parts.has_row_bias;
}

bool reads(const PlannedStep& step, int value) {
  if (step.layer) return step.layer->x == value || step.layer->residual == value;
  return std::ranges::count(step.reads, value) > 0;
}

std::vector<int> outputs_of(std::span<const PlannedStep> steps, const TrunkRun& run,
                            std::span<const int> wanted) {
  std::vector<int> outputs;
  for (const PlannedStep& step : steps.subspan(run.begin, run.end - run.begin))
    for (const int value : {step.layer->y, step.layer->then_y})
      if (value >= 0 && (std::ranges::count(wanted, value) > 0 ||
                         std::ranges::any_of(steps.subspan(run.end), [&](const PlannedStep& later) {
                           return reads(later, value);
                         })))
        outputs.push_back(value);
  return outputs;
}

}  // namespace

bool share_trunk(const HalfConvolutionParts& a, const HalfConvolutionParts& b) {
  return fits_alone(a) && fits_alone(b) && a.shape.n == b.shape.n &&
         a.shape.height == b.shape.height && a.shape.width == b.shape.width &&
         a.shape.in == b.shape.in && a.shape.kernel_h == b.shape.kernel_h &&
         a.shape.kernel_w == b.shape.kernel_w;
}

std::vector<TrunkRun> find_trunk_runs(std::span<const PlannedStep> steps,
                                      std::span<const int> wanted) {
  std::vector<TrunkRun> runs;
  for (size_t begin = 0, end; begin < steps.size(); begin = std::max(end, begin + 1)) {
    end = begin;
    while (end < steps.size() && steps[end].layer &&
           share_trunk(steps[begin].layer->parts, steps[end].layer->parts))
      ++end;
    if (end < begin + 2) continue;
    runs.push_back({begin, end, {}});
    runs.back().outputs = outputs_of(steps, runs.back(), wanted);
  }
  return runs;
}

}  // namespace tengen::nn
