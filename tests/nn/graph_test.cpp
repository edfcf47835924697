#include "nn/graph.h"

#include <gtest/gtest.h>

#include <sstream>

#include "nn/base/check.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/global_pool.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

class SmallNet : public Module {
 public:
  explicit SmallNet(Rng rng) : conv_(2, 3, 3, rng, {.bias = false}), norm_(3), head_(6, 4, rng) {
    add_child("conv", conv_);
    add_child("norm", norm_);
    add_child("head", head_);
  }
  std::vector<Var> forward(const std::vector<Var>& inputs) {
    const Var x = relu(norm_.forward(conv_.forward(inputs[0])));
    const Var y = tanh(head_.forward(pool_.forward(x)));
    return {reshape(y, {2, 2}), scale(y, 0.5f)};
  }

 private:
  Conv2d conv_;
  BatchNorm norm_;
  GlobalPool pool_;
  Linear head_;
};

std::string line(const Graph& graph, size_t at) {
  const GraphNode& node = graph.nodes[at];
  std::ostringstream text;
  text << node.op;
  for (int input : node.inputs) text << " " << input;
  for (const auto& [key, value] : node.attributes) text << " " << key << "=" << value;
  text << " " << node.shape;
  return text.str();
}

TEST(Graph, TraceWritesDownWhatANetDoes) {
  SmallNet net{Rng(1)};
  net.train(false);
  const Graph graph = trace([&](const auto& in) { return net.forward(in); }, {{1, 5, 5, 2}});
  const std::vector<std::string> expected = {
      "input [1,5,5,2]",
      "constant [3,3,2,3]",
      "conv2d 0 1 dilation_h=1 dilation_w=1 groups=1 padding_h=1 padding_w=1 stride_h=1 stride_w=1"
      " [1,5,5,3]",
      "constant [3]",
      "constant [3]",
      "constant [3]",
      "constant [3]",
      "batch_norm_infer 2 3 4 5 6 epsilon=1e-05 [1,5,5,3]",
      "relu 7 [1,5,5,3]",
      "global_mean_pool 8 [1,3]",
      "global_max_pool 8 [1,3]",
      "concat 9 10 axis=1 [1,6]",
      "constant [6,4]",
      "constant [4]",
      "linear 11 12 13 [1,4]",
      "tanh 14 [1,4]",
      "reshape 15 [2,2]",
      "scale 15 factor=0.5 [1,4]",
  };
  ASSERT_EQ(graph.nodes.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(line(graph, i), expected[i]);
  EXPECT_EQ(graph.inputs, (std::vector<int>{0}));
  EXPECT_EQ(graph.outputs, (std::vector<int>{16, 17}));
  // Constants are the parameters themselves, shared with the net.
  EXPECT_EQ(graph.nodes[12].value.data(), net.parameters()[3].var.value().data());
  EXPECT_FALSE(tracing());
}

TEST(Graph, AValueUsedTwiceIsOneNode) {
  const Graph graph =
      trace([](const std::vector<Var>& in) { return std::vector<Var>{add(in[0], in[0])}; }, {{2}});
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[1].inputs, (std::vector<int>{0, 0}));
}

TEST(Graph, TrainingModeCannotBeTraced) {
  SmallNet net{Rng(1)};
  EXPECT_THROW(trace([&](const auto& in) { return net.forward(in); }, {{1, 5, 5, 2}}),
               CheckFailure);
  EXPECT_FALSE(tracing());  // the failed trace was closed
}

TEST(Graph, AnOperationThatDoesNotRecordItselfIsRefused) {
  const auto silent = [](const Var& x) {
    return make_var(x.value().clone(), {x}, [](const Tensor&) {});
  };
  EXPECT_THROW(trace([&](const auto& in) { return std::vector<Var>{relu(silent(in[0]))}; }, {{2}}),
               CheckFailure);
  EXPECT_THROW(trace([&](const auto& in) { return std::vector<Var>{silent(in[0])}; }, {{2}}),
               CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
