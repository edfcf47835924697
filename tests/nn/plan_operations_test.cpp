// Every operation of the graph's table, in an inference plan: run as the network runs it, or
// refused by name with what to do instead; never computed wrongly.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "nn/base/check.h"
#include "nn/infer/plan.h"
#include "nn/io/atomic_file.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

using Forward = std::function<std::vector<Var>(const std::vector<Var>&)>;

// The operations on the left of graph.h's table.
std::set<std::string> table_of_graph_h() {
  std::set<std::string> operations;
  std::istringstream text(read_file(TENGEN_SOURCE_DIR "/nn/graph.h"));
  bool inside = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("//   op  ")) {
      inside = true;
    } else if (inside && !line.starts_with("//   ")) {
      return operations;
    } else if (inside && line.size() > 5 && line[5] != ' ') {
      // Names stand apart by one blank; two blanks end them.
      const std::string names = line.substr(5, line.find("  ", 5) - 5);
      std::istringstream words(names);
      for (std::string name; words >> name;) operations.insert(name);
    }
  }
  return {};
}

// The case as a network of one row: the first input reshaped from it, the others parameters.
Forward network_of(const OpCase& c) {
  std::vector<Var> rest;
  for (size_t k = 1; k < c.inputs.size(); ++k)
    rest.emplace_back(Tensor(c.inputs[k], spread_values(c.inputs[k].size(), k)));
  return [=](const std::vector<Var>& in) {
    std::vector<Var> all{reshape(in[0], c.inputs[0])};
    all.insert(all.end(), rest.begin(), rest.end());
    return std::vector<Var>{c.run(all)};
  };
}

std::optional<Graph> traced(const Forward& network, int64_t size) {
  try {
    return trace(network, {{1, size}});
  } catch (const CheckFailure&) {
    return std::nullopt;  // of training: batch statistics, losses
  }
}

void expect_same(const Plan& plan, const Forward& network, int64_t size) {
  const Tensor x({1, size}, spread_values(size, 0));
  const NoGrad no_grad;
  const std::vector<float> expected = network({Var(x)})[0].value().to_vector();
  std::vector<float> got(expected.size(), -77.0f);
  const float* in = x.data();
  float* out = got.data();
  plan.run({&in, 1}, {&out, 1}, *plan.make_workspace());
  float scale = 1.0f;
  for (const float value : expected) scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], 1e-4f * scale) << i;
}

TEST(PlanOperations, EachIsRunOrRefusedByName) {
  std::set<std::string> recorded, run;
  for (const OpCase& c : op_cases()) {
    SCOPED_TRACE(c.name);
    const int64_t size = c.inputs[0].size();
    const Forward network = network_of(c);
    const std::optional<Graph> graph = traced(network, size);
    if (!graph) continue;
    std::set<std::string> operations;
    for (const GraphNode& node : graph->nodes) operations.insert(node.op);
    recorded.insert(operations.begin(), operations.end());
    try {
      const Plan plan(*graph);
      expect_same(plan, network, size);
      run.insert(operations.begin(), operations.end());
    } catch (const Error& error) {
      const std::string text = error.what();
      const auto named = [&](const std::string& op) {
        return text.find("'" + op + "'") != std::string::npos;
      };
      EXPECT_TRUE(std::any_of(operations.begin(), operations.end(), named)) << text;
      EXPECT_TRUE(text.find("under NoGrad") != std::string::npos ||
                  text.find("must be a parameter") != std::string::npos)
          << text;
    }
  }
  const std::set<std::string> table = table_of_graph_h();
  EXPECT_GE(table.size(), 20u);
  for (const std::string& op : table)
    EXPECT_TRUE(recorded.contains(op)) << op << " stands in graph.h's table, no case records it";
  for (const std::string& op : recorded)
    EXPECT_TRUE(table.contains(op) || op == "input" || op == "constant")
        << op << " is recorded but does not stand in graph.h's table";
  for (const char* op : {"add", "subtract", "multiply", "relu", "tanh", "sigmoid", "square",
                         "scale", "linear", "conv2d", "concat", "slice", "batch_norm_infer"})
    EXPECT_TRUE(run.contains(op)) << op;
}

}  // namespace
}  // namespace tengen::nn
