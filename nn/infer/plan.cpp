#include "nn/infer/plan.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/cpu/kernels.h"
#include "nn/infer/layout.h"
#include "nn/infer/step.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace tengen::nn {
namespace {

// Zeroed, on huge pages where the system gives them: the weights of a network are read from end
// to end by every run, and small pages would miss the TLB all the way.
std::shared_ptr<float> aligned_floats(size_t floats) {
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t wanted = std::max<size_t>(64, floats * sizeof(float));
  const size_t alignment = wanted >= kHugePage / 2 ? kHugePage : 64;
  const size_t bytes = (wanted + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, bytes);
  if (!memory) throw std::bad_alloc();
#if defined(__linux__)
  if (alignment == kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  std::fill_n(static_cast<float*>(memory), bytes / sizeof(float), 0.0f);
  return {static_cast<float*>(memory), [](float* p) { std::free(p); }};
}

int64_t whole_lines(int64_t floats) { return (floats + 15) / 16 * 16; }

}  // namespace

Plan::Workspace::Workspace(size_t floats) : data_(aligned_floats(floats)) {}

struct Plan::Program {
  explicit Program(const Graph& graph);

  void pack_weights();

  std::vector<Shape> input_shapes, output_shapes;
  FoldedGraph folded;
  Layout layout;
  std::vector<std::unique_ptr<Step>> steps;
  std::shared_ptr<float> weights;  // of all steps, in order of use
  int64_t weight_floats = 0;
  int64_t scratch_floats = 0;  // the greediest step's
};

Plan::Program::Program(const Graph& graph) : folded(fold(graph)), layout(graph, folded) {
  for (const int input : graph.inputs) input_shapes.push_back(graph.nodes[input].shape);
  for (const int output : graph.outputs) output_shapes.push_back(graph.nodes[output].shape);
  for (Operation& operation : folded.operations) {
    Places places = layout.places_of(operation);
    steps.push_back(make_step(kernels(), std::move(operation), std::move(places)));
    scratch_floats = std::max(scratch_floats, steps.back()->scratch_floats());
  }
  folded = {};
  pack_weights();
}

void Plan::Program::pack_weights() {
  for (const auto& step : steps) weight_floats += whole_lines(step->weight_floats());
  weights = aligned_floats(weight_floats);
  float* to = weights.get();
  for (const auto& step : steps) {
    step->pack(to);
    to += whole_lines(step->weight_floats());
  }
}

Plan::Plan(const Graph& graph, const PlanOptions&)
    : program_(std::make_unique<const Program>(graph)) {}
Plan::~Plan() = default;

std::unique_ptr<Plan::Workspace> Plan::make_workspace() const {
  return std::make_unique<Workspace>(workspace_bytes() / sizeof(float));
}

int64_t Plan::workspace_bytes() const {
  return (program_->layout.workspace_floats() + program_->scratch_floats) *
         static_cast<int64_t>(sizeof(float));
}

int64_t Plan::weight_bytes() const {
  return program_->weight_floats * static_cast<int64_t>(sizeof(float));
}

void Plan::run(std::span<const float* const> inputs, std::span<float* const> outputs,
               Workspace& workspace) const {
  CHECK(inputs.size() == program_->input_shapes.size());
  CHECK(outputs.size() == program_->output_shapes.size());
  const Frame frame{inputs, outputs, workspace.data(),
                    workspace.data() + program_->layout.workspace_floats()};
  const LoopsOnThisThread alone;
  for (const auto& step : program_->steps) step->run(frame);
  for (const OutputCopy& copy : program_->layout.copies())
    std::copy_n(frame.read(copy.from), copy.size, outputs[copy.output]);
}

std::span<const Shape> Plan::input_shapes() const { return program_->input_shapes; }
std::span<const Shape> Plan::output_shapes() const { return program_->output_shapes; }

double Plan::flops() const {
  double sum = 0.0;
  for (const auto& step : program_->steps) sum += step->flops();
  return sum;
}

PlanPrecision Plan::precision() const { return PlanPrecision::kFloat32; }

std::string Plan::summary() const {
  std::string text;
  for (const auto& step : program_->steps) text += step->text() + "\n";
  return text;
}

}  // namespace tengen::nn
