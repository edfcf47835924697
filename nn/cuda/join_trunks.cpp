// Runs of convolutions in one launch, where that is faster.
#include <algorithm>
#include <span>

#include "nn/cuda/cuda_check.h"
#include "nn/cuda/plan_builder.h"
#include "nn/cuda/trunk_runs.h"

namespace tengen::nn {
namespace {

class TrunkStep : public CudaStep {
 public:
  TrunkStep(std::unique_ptr<Trunk> trunk, const std::vector<int>& outputs)
      : CudaStep(trunk->name(), trunk->inputs(), outputs), trunk_(std::move(trunk)) {}

  void queue(const CudaFrame& frame) const override {
    std::vector<const __half*> inputs;
    std::vector<__half*> outputs;
    for (const int slot : reads()) inputs.push_back(frame.halves(slot));
    for (const int slot : writes()) outputs.push_back(frame.halves(slot));
    trunk_->run(inputs, outputs, frame.stream());
  }

 private:
  const std::unique_ptr<Trunk> trunk_;
};

// Zeros for every slot that some steps name.
class TrialSlots {
 public:
  TrialSlots(const BuiltPlan& plan, std::span<const std::unique_ptr<CudaStep>> steps,
             CudaDevice& device)
      : addresses_(plan.slots.size()), frame_{device, addresses_, nullptr} {
    for (const auto& step : steps) {
      for (const auto& slots : {step->reads(), step->writes()})
        for (const int slot : slots)
          if (slot != kNoSlot && !addresses_[static_cast<size_t>(slot)]) take(plan, slot);
    }
  }
  const CudaFrame& frame() const { return frame_; }

 private:
  void take(const BuiltPlan& plan, int slot) {
    const auto s = static_cast<size_t>(slot);
    const size_t bytes = static_cast<size_t>(plan.slots[s].floats()) * sizeof(float);
    memory_.push_back(frame_.device.allocate(bytes));
    addresses_[s] = memory_.back().get();
    CUDA_CHECK(cudaMemsetAsync(addresses_[s], 0, bytes, frame_.stream()));
  }

  std::vector<void*> addresses_;
  CudaFrame frame_;
  std::vector<std::shared_ptr<void>> memory_;
};

std::vector<PlannedStep> planned_steps(const BuiltPlan& plan,
                                       std::vector<std::optional<TrunkLayer>> layers) {
  std::vector<PlannedStep> planned;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    PlannedStep& step = planned.emplace_back();
    step.layer = std::move(layers[i]);
    for (const int slot : plan.steps[i]->reads())
      if (slot != kNoSlot) step.reads.push_back(slot);
  }
  return planned;
}

// The trunk that does a run, or null where there is none or the single launches are faster.
std::unique_ptr<CudaStep> make_trunk_step(const BuiltPlan& plan, const TrunkRun& run,
                                          std::span<const PlannedStep> planned, CudaDevice& device,
                                          ConvolutionChoice& choice) {
  std::vector<TrunkLayer> layers;
  std::string key = "trunk";
  for (size_t i = run.begin; i < run.end; ++i) {
    layers.push_back(*planned[i].layer);
    key += " / " + choice_key(layers.back().parts);
  }
  std::unique_ptr<Trunk> trunk = make_own_trunk(layers, run.outputs);
  if (!trunk) return nullptr;
  auto step = std::make_unique<TrunkStep>(std::move(trunk), run.outputs);
  const bool faster = choice.remembered(key, [&] {
    const std::span single(plan.steps.data() + run.begin, run.end - run.begin);
    const TrialSlots slots(plan, single, device);
    const float together = milliseconds_of(device, [&] { step->queue(slots.frame()); });
    return together <= milliseconds_of(device, [&] {
             for (const auto& one : single) one->queue(slots.frame());
           });
  });
  return faster ? std::move(step) : nullptr;
}

}  // namespace

void join_trunks(BuiltPlan& plan, std::vector<std::optional<TrunkLayer>> layers, CudaDevice& device,
                 ConvolutionChoice& choice) {
  const std::vector<PlannedStep> planned = planned_steps(plan, std::move(layers));
  std::vector<TrunkRun> runs = find_trunk_runs(planned, plan.outputs);
  for (const TrunkRun& run : runs) {
    std::unique_ptr<CudaStep> step = make_trunk_step(plan, run, planned, device, choice);
    if (!step) continue;
    for (size_t i = run.begin; i < run.end; ++i) plan.steps[i].reset();
    plan.steps[run.begin] = std::move(step);
  }
  std::erase_if(plan.steps, [](const auto& step) { return step == nullptr; });
}

}  // namespace tengen::nn
