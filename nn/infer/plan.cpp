#include "nn/infer/plan.h"

#include <utility>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/cpu/kernels.h"
#include "nn/infer/chain.h"
#include "nn/infer/program.h"

namespace tengen::nn {

Plan::Workspace::Workspace(size_t floats) : data_(aligned_floats(static_cast<int64_t>(floats))) {}

struct Plan::Compiled {
  std::vector<Shape> input_shapes, output_shapes;
  PlanPrecision precision;
  Program program;
};

namespace {

std::vector<Shape> shapes_of(const Graph& graph, const std::vector<int>& nodes) {
  std::vector<Shape> shapes;
  for (const int node : nodes) shapes.push_back(graph.nodes[node].shape);
  return shapes;
}

// The scale of every element of every operand, by what float32 makes of the rows.
PerElement calibrate(const Graph& graph, const std::vector<std::vector<const float*>>& rows) {
  CHECK(!rows.empty());
  const Program program(graph, kernels(), *kernels().chains.float32);
  const std::shared_ptr<float> workspace =
      aligned_floats(program.value_floats() + program.scratch_floats());
  std::vector<Tensor> results;
  std::vector<float*> outputs;
  for (const Shape& shape : shapes_of(graph, graph.outputs)) {
    results.emplace_back(shape);
    outputs.push_back(results.back().data());
  }
  PerElement ranges = program.no_ranges();
  for (const std::vector<const float*>& row : rows) {
    CHECK(row.size() == graph.inputs.size());
    program.run_and_observe(
        {row, outputs, workspace.get(), workspace.get() + program.value_floats()}, ranges);
  }
  for (std::vector<float>& operand : ranges)
    for (float& x : operand) x = operand_scale(x);
  return ranges;
}

}  // namespace

Plan::Plan(const Graph& graph, const PlanOptions& options) {
  const ChainKernels& chain = chain_for(kernels(), options.precision);
  const LoopsOnThisThread alone;
  compiled_ = std::make_unique<const Compiled>(
      Compiled{shapes_of(graph, graph.inputs), shapes_of(graph, graph.outputs),
               &chain == kernels().chains.float32 ? PlanPrecision::kFloat32 : options.precision,
               Program(graph, kernels(), chain,
                       chain.scaled ? calibrate(graph, options.calibration) : PerElement{})});
}
Plan::~Plan() = default;

std::unique_ptr<Plan::Workspace> Plan::make_workspace() const {
  return std::make_unique<Workspace>(static_cast<size_t>(workspace_bytes()) / sizeof(float));
}

int64_t Plan::workspace_bytes() const {
  const Program& program = compiled_->program;
  return (program.value_floats() + program.scratch_floats()) * static_cast<int64_t>(sizeof(float));
}

int64_t Plan::weight_bytes() const {
  return compiled_->program.weight_floats() * static_cast<int64_t>(sizeof(float));
}

void Plan::run(std::span<const float* const> inputs, std::span<float* const> outputs,
               Workspace& workspace) const {
  CHECK(inputs.size() == compiled_->input_shapes.size());
  CHECK(outputs.size() == compiled_->output_shapes.size());
  const LoopsOnThisThread alone;
  float* values = workspace.data();
  compiled_->program.run({inputs, outputs, values, values + compiled_->program.value_floats()});
}

std::span<const Shape> Plan::input_shapes() const { return compiled_->input_shapes; }
std::span<const Shape> Plan::output_shapes() const { return compiled_->output_shapes; }

double Plan::flops() const {
  double sum = 0.0;
  for (const auto& step : compiled_->program.steps()) sum += step->flops();
  return sum;
}

PlanPrecision Plan::precision() const { return compiled_->precision; }

std::string Plan::summary() const {
  std::string text;
  for (const auto& step : compiled_->program.steps()) text += step->text() + "\n";
  return text;
}

}  // namespace tengen::nn
