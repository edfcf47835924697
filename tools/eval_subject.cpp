#include "tools/eval_subject.h"

#include <fmt/format.h>

#include <filesystem>

#include "agents/policy_value_net.h"
#include "envs/games.h"
#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/io/katago_net.h"

namespace tengen::tools {
namespace {

EvalNet of_policy_value_net(std::string name, std::shared_ptr<agents::PolicyValueNet> net) {
  return {std::move(name),
          [net](int size, int rows) { return net->graph(size, size, false, rows); },
          {}};
}

}  // namespace

std::vector<nn::Shape> shapes_of(const nn::Graph& graph, const std::vector<int>& nodes) {
  std::vector<nn::Shape> shapes;
  for (const int node : nodes) shapes.push_back(graph.nodes[static_cast<size_t>(node)].shape);
  return shapes;
}

EvalNet eval_net_of_file(const std::string& path) {
  if (path.ends_with(".safetensors"))
    return of_policy_value_net(std::filesystem::path(path).stem().string(), agents::load_net(path));
  if (!path.ends_with(".bin.gz") && !path.ends_with(".bin"))
    throw Error(path +
                ": no network that can be measured; name a .safetensors file, or a .bin.gz "
                "or .bin of KataGo's");
  const auto net = std::make_shared<const nn::KatagoNet>(path);
  return {net->name(), [net](int size, int rows) { return net->graph(size, size, rows); }, path};
}

EvalNet random_eval_net(int blocks, int channels) {
  agents::PolicyValueConfig config;
  config.planes = envs::new_game("go:size=9")->spec().planes;
  config.blocks = blocks;
  config.channels = channels;
  return of_policy_value_net(fmt::format("{} blocks x {} channels", blocks, channels),
                             std::make_shared<agents::PolicyValueNet>(config, 1));
}

RandomRows::RandomRows(const std::vector<nn::Shape>& inputs, const std::vector<nn::Shape>& outputs,
                       int rows) {
  Rng rng(1);
  for (int i = 0; i < rows; ++i) {
    nn::BatchRow row;
    for (const nn::Shape& shape : inputs) {
      buffers_.emplace_back(static_cast<size_t>(shape.size()));
      for (float& x : buffers_.back()) x = static_cast<float>(rng.below(2));
      row.inputs.push_back(buffers_.back().data());
    }
    for (const nn::Shape& shape : outputs) {
      buffers_.emplace_back(static_cast<size_t>(shape.size()));
      row.outputs.push_back(buffers_.back().data());
    }
    rows_.push_back(row);
  }
}

std::vector<std::vector<const float*>> RandomRows::inputs() const {
  std::vector<std::vector<const float*>> out;
  for (const nn::BatchRow& row : rows_) out.push_back(row.inputs);
  return out;
}

EvalPlan::EvalPlan(const nn::Graph& graph, nn::PlanPrecision precision, int rows)
    : rows_(shapes_of(graph, graph.inputs), shapes_of(graph, graph.outputs), rows),
      plan_(std::make_shared<const nn::Plan>(
          graph, nn::PlanOptions{.precision = precision, .calibration = rows_.inputs()})),
      workspace_(plan_->make_workspace()),
      evaluator_(plan_) {}

double EvalPlan::positions_of_a_row() const {
  return static_cast<double>(plan_->input_shapes()[0][0]);
}

Contender EvalPlan::on_this_thread() {
  return repeated(positions_of_a_row(), [this] {
    const nn::BatchRow& row = rows_.rows().front();
    plan_->run(row.inputs, row.outputs, *workspace_);
  });
}

Contender EvalPlan::on_all_workers() {
  return repeated(positions_of_a_row() * static_cast<double>(rows_.rows().size()),
                  [this] { evaluator_.run(rows_.rows()); });
}

}  // namespace tengen::tools
