#include "nn/cuda/cuda_plan.h"

#include <algorithm>

#include "nn/base/check.h"
#include "nn/cuda/cuda_check.h"
#include "nn/cuda/plan_builder.h"
#include "nn/cuda/plan_kernels.h"
#include "nn/infer/first_fit.h"

namespace tengen::nn {
namespace {

constexpr int64_t kAlignment = 64;  // floats: 256 bytes, as cudaMalloc's

std::vector<Shape> shapes_of(const Graph& graph, const std::vector<int>& nodes) {
  std::vector<Shape> shapes;
  for (const int node : nodes) shapes.push_back(graph.nodes[node].shape);
  return shapes;
}

int64_t aligned(int64_t floats) {
  return std::max<int64_t>(1, (floats + kAlignment - 1) / kAlignment) * kAlignment;
}

}  // namespace

CudaPlan::CudaPlan(const Graph& graph, CudaDevice& device, PlanPrecision precision,
                   ConvolutionChoice& choice)
    : device_(device),
      input_shapes_(shapes_of(graph, graph.inputs)),
      output_shapes_(shapes_of(graph, graph.outputs)) {
  const OnDevice on(device.index());
  BuiltPlan built = build_plan(graph, device, precision, choice);
  slots_ = std::move(built.slots);
  inputs_ = std::move(built.inputs);
  outputs_ = std::move(built.outputs);
  constants_ = std::move(built.constants);
  steps_ = std::move(built.steps);
  place();
  queue_steps();  // libraries choose their algorithms and take their memory at the first run
  device_.synchronize();
  if (std::ranges::all_of(steps_, [](const auto& step) { return step->can_be_captured(); }))
    capture();
}

CudaPlan::~CudaPlan() = default;

// Values share memory as they live; inputs and outputs have their own, for the caller writes and
// reads them between runs.
void CudaPlan::place() {
  const size_t never = steps_.size();
  std::vector<size_t> last_read(slots_.size(), 0);
  for (size_t i = 0; i < steps_.size(); ++i)
    for (const int slot : steps_[i]->reads())
      if (slot != kNoSlot) last_read[static_cast<size_t>(slot)] = i;
  for (const auto& ends : {inputs_, outputs_})
    for (const int slot : ends) last_read[static_cast<size_t>(slot)] = never;
  std::vector<int64_t> at(slots_.size(), -1);
  for (const auto& constant : constants_) last_read[static_cast<size_t>(constant.first)] = never;

  FirstFit memory;
  const auto take = [&](int slot) {
    const auto s = static_cast<size_t>(slot);
    at[s] = memory.take(aligned(slots_[s].floats()));
  };
  for (const int slot : inputs_) take(slot);
  int64_t scratch = 0;
  for (size_t i = 0; i < steps_.size(); ++i) {
    scratch = std::max(scratch, steps_[i]->scratch_floats());
    for (const int slot : steps_[i]->writes())
      if (slot != kNoSlot) take(slot);
    const auto drop = [&](int slot) {
      const auto s = static_cast<size_t>(slot);
      if (slot != kNoSlot && at[s] >= 0 && last_read[s] <= i) memory.give_back(at[s]);
    };
    std::ranges::for_each(steps_[i]->reads(), drop);
    std::ranges::for_each(steps_[i]->writes(), drop);
  }

  const size_t bytes = static_cast<size_t>(memory.most() + aligned(scratch)) * sizeof(float);
  memory_ = device_.allocate(bytes);
  CUDA_CHECK(cudaMemsetAsync(memory_.get(), 0, bytes, device_.stream()));
  float* const base = static_cast<float*>(memory_.get());
  scratch_ = base + memory.most();
  for (const int64_t place : at) addresses_.push_back(place < 0 ? nullptr : base + place);
  for (const auto& [slot, values] : constants_)
    addresses_[static_cast<size_t>(slot)] = values.get();
}

const float* CudaPlan::output_data(size_t i) const {
  return static_cast<const float*>(addresses_[static_cast<size_t>(outputs_.at(i))]);
}

void CudaPlan::queue_steps() const {
  const CudaFrame frame{device_, addresses_, scratch_};
  for (const auto& step : steps_) step->queue(frame);
}

// Where something on the way cannot be captured after all, steps are queued one by one as before.
void CudaPlan::capture() {
  cudaGraph_t graph = nullptr;
  CUDA_CHECK(cudaStreamBeginCapture(device_.stream(), cudaStreamCaptureModeThreadLocal));
  try {
    queue_steps();
    CUDA_CHECK(cudaStreamEndCapture(device_.stream(), &graph));
  } catch (const DeviceLost&) {
    throw;
  } catch (const Error&) {
    static_cast<void>(cudaStreamEndCapture(device_.stream(), &graph));
    static_cast<void>(cudaGetLastError());
    const CapturedGraph incomplete(graph);
    return;
  }
  const CapturedGraph captured(graph);
  cudaGraphExec_t executable;
  CUDA_CHECK(cudaGraphInstantiate(&executable, captured.get(), 0));
  executable_ = ExecutableGraph(executable);
}

void CudaPlan::queue() const {
  const OnDevice on(device_.index());
  if (executable_)
    CUDA_CHECK(cudaGraphLaunch(executable_.get(), device_.stream()));
  else
    queue_steps();
}

void CudaPlan::run(std::span<const float* const> inputs, std::span<float* const> outputs) const {
  CHECK(inputs.size() == inputs_.size());
  CHECK(outputs.size() == outputs_.size());
  const OnDevice on(device_.index());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Slot& slot = input(i);
    const auto floats =
        device_floats(device_, {inputs[i], static_cast<size_t>(input_shapes_[i].size())});
    if (slot.half)
      floats_to_halves(slot.rows, slot.columns, floats.get(), nullptr, slot.stride(),
                       static_cast<__half*>(input_data(i)), device_.stream());
    else
      CUDA_CHECK(cudaMemcpyAsync(input_data(i), floats.get(),
                                 static_cast<size_t>(input_shapes_[i].size()) * sizeof(float),
                                 cudaMemcpyDeviceToDevice, device_.stream()));
  }
  queue();
  for (size_t i = 0; i < outputs.size(); ++i)
    device_.copy_to_host(outputs[i], output_data(i),
                         static_cast<size_t>(output_shapes_[i].size()) * sizeof(float));
}

std::string CudaPlan::summary() const {
  std::string text;
  for (const auto& step : steps_) text += step->text() + "\n";
  text += is_captured() ? "captured\n" : "step by step\n";
  return text;
}

}  // namespace tengen::nn
