// Every operation of the graph's table and every layer, in an inference plan: what the plan
// computes is what the network computes; what it refuses is a short list.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include "nn/base/check.h"
#include "nn/infer/plan.h"
#include "nn/io/atomic_file.h"
#include "tests/nn/count_allocations.h"
#include "tests/nn/traced_cases.h"

namespace tengen::nn {
namespace {

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

// A network's plan beside what the network computes.
struct Compiled {
  std::string name;
  std::unique_ptr<const Plan> plan;
  std::vector<Tensor> inputs;
  std::vector<float> expected;

  std::vector<float> run(Plan::Workspace& workspace) const {
    std::vector<float> got(expected.size(), -77.0f);
    std::vector<const float*> in;
    for (const Tensor& input : inputs) in.push_back(input.data());
    float* out = got.data();
    const long before = allocations();
    plan->run(in, {&out, 1}, workspace);
    allocated = allocations() - before;
    return got;
  }
  mutable long allocated = 0;  // by the latest run

  // 1e-5 of the largest number, 1e-4 behind Winograd's transforms.
  void expect_equal() const {
    SCOPED_TRACE(name + "\n" + plan->summary());
    const auto workspace = plan->make_workspace();
    run(*workspace);  // kernels take a thread's scratch memory the first time
    const std::vector<float> got = run(*workspace);
    EXPECT_EQ(allocated, 0);
    const bool chain = plan->summary().find("feed [") != std::string::npos;
    if (chain && plan->precision() != PlanPrecision::kFloat32) return expect_near(got);
    const bool winograd = chain || plan->summary().find("winograd") != std::string::npos;
    float scale = 1.0f;
    for (const float value : expected)
      if (std::isfinite(value)) scale = std::max(scale, std::abs(value));
    for (size_t i = 0; i < got.size(); ++i) {
      if (std::isnan(expected[i]))
        ASSERT_TRUE(std::isnan(got[i])) << i;
      else if (std::isinf(expected[i]))
        ASSERT_EQ(got[i], expected[i]) << i;
      else
        ASSERT_NEAR(got[i], expected[i], (winograd ? 1e-4f : 1e-5f) * scale) << i;
    }
  }

  // Of what a reduced precision leaves: Winograd's transforms magnify the errors of single numbers.
  void expect_near(const std::vector<float>& got) const {
    double error = 0, size = 0;
    for (size_t i = 0; i < got.size(); ++i) {
      error += (got[i] - expected[i]) * (got[i] - expected[i]);
      size += expected[i] * expected[i];
    }
    const double allowed = plan->precision() == PlanPrecision::kBfloat16 ? 0.06 : 0.004;
    EXPECT_LE(std::sqrt(error), allowed * std::sqrt(size));
  }
};

class PlanOperations : public testing::Test {
 protected:
  // Checks the network's plan and returns its operations; none if it cannot be traced.
  std::set<std::string> check(const std::string& name, const Forward& network,
                              const std::vector<Shape>& inputs,
                              PlanPrecision precision = PlanPrecision::kFloat32) {
    SCOPED_TRACE(name);
    std::set<std::string> operations;
    if (!can_be_traced(network, inputs)) return operations;
    const Graph graph = trace(network, inputs);
    for (const GraphNode& node : graph.nodes) operations.insert(node.op);
    try {
      Compiled compiled{name, nullptr, inputs_of(inputs), {}};
      PlanOptions options{.precision = precision, .calibration = {{}}};
      for (const Tensor& input : compiled.inputs) options.calibration[0].push_back(input.data());
      compiled.plan = std::make_unique<Plan>(graph, options);
      std::vector<Var> in(compiled.inputs.begin(), compiled.inputs.end());
      const NoGrad no_grad;
      compiled.expected = network(in)[0].value().to_vector();
      compiled.expect_equal();
      compiled_.push_back(std::move(compiled));
    } catch (const Error& error) {
      refused_[name] = error.what();
    }
    return operations;
  }

  void expect_the_same_from_two_threads() const {
    std::vector<std::vector<float>> results[2];
    const auto run_all = [&](std::vector<std::vector<float>>& to) {
      for (const Compiled& c : compiled_) to.push_back(c.run(*c.plan->make_workspace()));
    };
    std::thread one([&] { run_all(results[0]); }), two([&] { run_all(results[1]); });
    one.join();
    two.join();
    EXPECT_EQ(results[0].size(), compiled_.size());
    for (size_t i = 0; i < results[0].size(); ++i) {
      const std::string_view first(reinterpret_cast<const char*>(results[0][i].data()),
                                   results[0][i].size() * sizeof(float));
      const std::string_view second(reinterpret_cast<const char*>(results[1][i].data()),
                                    results[1][i].size() * sizeof(float));
      EXPECT_TRUE(first == second) << compiled_[i].name;
    }
  }

  std::vector<Compiled> compiled_;
  std::map<std::string, std::string> refused_;  // why, by name
};

TEST_F(PlanOperations, EachIsWhatTheNetworkComputes) {
  std::set<std::string> recorded;
  for (const OpCase& c : op_cases()) recorded.merge(check(c.name, network_of(c), {c.inputs[0]}));
  EXPECT_TRUE(refused_.empty()) << refused_.begin()->first << ": " << refused_.begin()->second;
  expect_the_same_from_two_threads();
  const std::set<std::string> table = table_of_graph_h();
  EXPECT_GE(table.size(), 20u);
  for (const std::string& op : table)
    EXPECT_TRUE(recorded.contains(op)) << op << " stands in graph.h's table, no case records it";
  for (const std::string& op : recorded)
    EXPECT_TRUE(table.contains(op) || op == "input" || op == "constant")
        << op << " is recorded but does not stand in graph.h's table";
}

// Nothing is a parameter: weights too are computed, as inputs of the network.
TEST_F(PlanOperations, OnlyRecurrentWeightsMustBeParameters) {
  for (const OpCase& c : op_cases()) {
    // Whose mean and variance are tensors, and so constants, in any network.
    if (c.name.starts_with("batch_norm_infer")) continue;
    check(
        c.name, [&](const Vars& in) { return Vars{c.run(in)}; }, c.inputs);
  }
  EXPECT_GE(compiled_.size(), 100u);
  EXPECT_FALSE(refused_.empty());
  for (const auto& [name, why] : refused_) {
    EXPECT_NE(why.find("must be a parameter or a buffer"), std::string::npos) << why;
    EXPECT_TRUE(why.find("'rnn'") != std::string::npos || why.find("'lstm'") != std::string::npos ||
                why.find("'gru'") != std::string::npos)
        << name << ": " << why;
  }
}

TEST_F(PlanOperations, EachLayerIsWhatItComputesInEvaluation) {
  std::set<std::string> untraced;
  for (const LayerCase& c : layer_cases())
    if (check(c.name, network_of(c), c.inputs).empty()) untraced.insert(c.name);
  EXPECT_TRUE(refused_.empty()) << refused_.begin()->first << ": " << refused_.begin()->second;
  expect_the_same_from_two_threads();
  // Their cases have rows of several lengths; plan_sequences_test.cpp has them of one.
  for (const std::string& name : untraced)
    EXPECT_TRUE(name.starts_with("rnn") || name.starts_with("lstm") || name.starts_with("gru"))
        << name << " cannot be traced";
}

// The convolutions that have them use them; all else stays as it is.
TEST_F(PlanOperations, ReducedPrecisionsKnowAllOfThem) {
  for (const PlanPrecision precision : {PlanPrecision::kBfloat16, PlanPrecision::kInt16}) {
    SCOPED_TRACE(plan_precision_name(precision));
    for (const OpCase& c : op_cases()) check(c.name, network_of(c), {c.inputs[0]}, precision);
    for (const LayerCase& c : layer_cases()) check(c.name, network_of(c), c.inputs, precision);
  }
  EXPECT_TRUE(refused_.empty()) << refused_.begin()->first << ": " << refused_.begin()->second;
  expect_the_same_from_two_threads();
}

}  // namespace
}  // namespace tengen::nn
