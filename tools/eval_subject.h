// What `tengen bench eval` measures: a network in one precision on one board.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/infer/batch_evaluator.h"
#include "tools/turns.h"

namespace tengen::tools {

// A network of any kind, for boards of any size.
struct EvalNet {
  std::string name;
  std::function<nn::Graph(int size, int rows)> graph;
  std::string katago_file;  // what KataGo itself would read, or empty
};

// A .safetensors file of Tengen's, or a .bin.gz or .bin of KataGo's.
EvalNet eval_net_of_file(const std::string& path);
// Tengen's own shape with random weights, for Go.
EvalNet random_eval_net(int blocks, int channels);

// Of the inputs or outputs of a graph.
std::vector<nn::Shape> shapes_of(const nn::Graph& graph, const std::vector<int>& nodes);

// Rows of random planes with room for a plan's outputs.
class RandomRows {
 public:
  RandomRows(const std::vector<nn::Shape>& inputs, const std::vector<nn::Shape>& outputs, int rows);

  const std::vector<nn::BatchRow>& rows() const { return rows_; }
  std::vector<std::vector<const float*>> inputs() const;

 private:
  std::vector<std::vector<float>> buffers_;
  std::vector<nn::BatchRow> rows_;
};

// One plan with rows to run.
class EvalPlan {
 public:
  // Calibrates with the same random rows, which serves speed, not precision.
  EvalPlan(const nn::Graph& graph, nn::PlanPrecision precision, int rows);

  const nn::Plan& plan() const { return *plan_; }
  Contender on_this_thread();  // the first row again and again
  Contender on_all_workers();  // all rows at once
 private:
  double positions_of_a_row() const;

  RandomRows rows_;
  std::shared_ptr<const nn::Plan> plan_;
  std::unique_ptr<nn::Plan::Workspace> workspace_;
  nn::BatchEvaluator evaluator_;
};

}  // namespace tengen::tools
