#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "nn/base/check.h"
#include "nn/infer/operation.h"

namespace tengen::nn {
namespace {

const std::map<std::string, Unary> kUnaries = {
    {"tanh", Unary::kTanh}, {"sigmoid", Unary::kSigmoid},   {"square", Unary::kSquare},
    {"exp", Unary::kExp},   {"log", Unary::kLog},           {"sqrt", Unary::kSqrt},
    {"abs", Unary::kAbs},   {"softplus", Unary::kSoftplus}, {"gelu", Unary::kGelu},
    {"silu", Unary::kSilu}, {"mish", Unary::kMish}};
const std::map<std::string, Binary> kBinaries = {{"subtract", Binary::kSubtract},
                                                 {"multiply", Binary::kMultiply},
                                                 {"divide", Binary::kDivide},
                                                 {"maximum", Binary::kMaximum},
                                                 {"minimum", Binary::kMinimum}};

using Kind = Operation::Kind;

class Folder {
 public:
  explicit Folder(const Graph& graph) : graph_(graph), uses_(graph.nodes.size(), 0) {
    for (const GraphNode& node : graph.nodes)
      for (const int input : node.inputs) ++uses_[input];
    for (const int output : graph.outputs) ++uses_[output];
    root_.resize(graph.nodes.size());
    maker_.assign(graph.nodes.size(), -1);
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      root_[i] = static_cast<int>(i);
      visit(static_cast<int>(i));
    }
  }

  FoldedGraph result() {
    FoldedGraph folded;
    for (auto& operation : operations_)
      if (operation) folded.operations.push_back(std::move(*operation));
    folded.root = std::move(root_);
    return folded;
  }

 private:
  const GraphNode& node(int i) const { return graph_.nodes[static_cast<size_t>(i)]; }
  const Shape& shape(int i) const { return node(i).shape; }
  const Tensor* constant(int i) const {
    return node(i).op == "constant" ? &node(i).value : nullptr;
  }

  std::optional<UnaryOp> unary_of(const GraphNode& n) const {
    if (n.op == "leaky_relu")
      return UnaryOp(Unary::kLeakyRelu, static_cast<float>(attribute(n, "slope")));
    if (n.op == "elu") return UnaryOp(Unary::kElu, static_cast<float>(attribute(n, "alpha")));
    const auto found = kUnaries.find(n.op);
    if (found == kUnaries.end()) return std::nullopt;
    return UnaryOp(found->second);
  }

  double attribute(const GraphNode& n, const std::string& name) const {
    const auto found = n.attributes.find(name);
    if (found == n.attributes.end())
      throw Error("inference plan: operation '" + n.op + "' lacks its attribute '" + name + "'");
    return found->second;
  }

  PerAxis per_axis(const GraphNode& n, const std::string& name) const {
    return {static_cast<int64_t>(attribute(n, name + "_h")),
            static_cast<int64_t>(attribute(n, name + "_w"))};
  }

  std::vector<float> constant_floats(const GraphNode& n, int which) const {
    const Tensor* tensor = constant(n.inputs.at(static_cast<size_t>(which)));
    if (!tensor)
      throw Error("inference plan: input " + std::to_string(which) + " of '" + n.op +
                  "' must be a parameter or a buffer");
    return tensor->to_vector();
  }

  [[noreturn]] static void refuse(const GraphNode& n, const std::string& why) {
    throw Error("inference plan: operation '" + n.op + "' of shape " + n.shape.text() + " " + why +
                "; run the network's forward() under NoGrad instead");
  }

  void visit(int i) {
    const GraphNode& n = node(i);
    if (n.op == "input" || n.op == "constant") return;
    if (n.op == "reshape")
      root_[i] = root_[n.inputs[0]];
    else if (n.op == "conv2d")
      add_convolution(i);
    else if (n.op == "linear" || n.op == "matmul")
      add_linear(i);
    else if (n.op == "batch_norm_infer")
      add_batch_norm(i);
    else if (n.op == "scale")
      add_scale(i);
    else if (n.op == "relu")
      add_relu(i);
    else if (n.op == "add")
      add_sum(i);
    else if (n.op == "global_mean_pool")
      add_pool(i, Kind::kMeanPool);
    else if (n.op == "global_max_pool")
      add_pool(i, Kind::kMaxPool);
    else if (n.op == "average_pool2d")
      add_window(i, Kind::kWindowMean);
    else if (n.op == "max_pool2d")
      add_window(i, Kind::kWindowMax);
    else if (n.op == "concat")
      add_concat(i);
    else if (n.op == "slice")
      add_slice(i);
    else if (const auto unary = unary_of(n))
      add_unary(i, *unary);
    else if (const auto binary = kBinaries.find(n.op); binary != kBinaries.end())
      add_binary(i, binary->second);
    else
      refuse(n, "is not among those that a plan runs");
  }

  // A new operation at the end that makes value i from `inputs`.
  Operation& emit(int i, Kind kind, const std::vector<int>& inputs) {
    operations_.push_back(std::make_unique<Operation>());
    Operation& o = *operations_.back();
    o.kind = kind;
    o.name = node(i).op;
    for (const int input : inputs) o.inputs.push_back(root_[input]);
    o.output = i;
    o.shape = shape(i);
    maker_[i] = static_cast<int>(operations_.size()) - 1;
    return o;
  }

  // The operation that makes value v, if v has one reader, so that the reader may join it, and
  // no rectifier stands between.
  Operation* open_maker(int v) {
    if (maker_[v] < 0 || uses_[v] != 1) return nullptr;
    Operation* o = operations_[maker_[v]].get();
    return o->relu ? nullptr : o;
  }
  Operation* open_product(int v) {
    Operation* o = open_maker(v);
    return o && o->kind == Kind::kProduct ? o : nullptr;
  }

  // Lets the maker of v make i instead; it moves to the end, where all that i needs is made.
  void move_to(int v, int i) {
    operations_.push_back(std::move(operations_[maker_[v]]));
    operations_.back()->output = i;
    maker_[i] = static_cast<int>(operations_.size()) - 1;
    maker_[v] = -1;
  }

  void add_convolution(int i) {
    const GraphNode& n = node(i);
    const Shape& x = shape(n.inputs[0]);
    const Shape& w = shape(n.inputs[1]);
    Operation& o = emit(i, Kind::kProduct, {n.inputs[0]});
    o.conv = {.n = x[0],
              .height = x[1],
              .width = x[2],
              .in = x[3],
              .out = w[3],
              .kernel_h = w[0],
              .kernel_w = w[1],
              .stride = per_axis(n, "stride"),
              .padding = per_axis(n, "padding"),
              .dilation = per_axis(n, "dilation"),
              .groups = static_cast<int64_t>(attribute(n, "groups"))};
    set_weights(o, n);
  }

  void add_linear(int i) {
    const GraphNode& n = node(i);
    const Shape& w = shape(n.inputs[1]);
    const int64_t rows = shape(i).size() / std::max<int64_t>(1, w[1]);
    Operation& o = emit(i, Kind::kProduct, {n.inputs[0]});
    o.conv = {1, rows, 1, w[0], w[1], 1, 1, 1, 0};
    set_weights(o, n);
  }

  void set_weights(Operation& o, const GraphNode& n) {
    o.weight = constant_floats(n, 1);
    o.bias = n.inputs.size() > 2 ? constant_floats(n, 2) : std::vector<float>(o.conv.out);
  }

  void add_batch_norm(int i) {
    const GraphNode& n = node(i);
    std::vector<float> factor = constant_floats(n, 1), term = constant_floats(n, 2);
    const std::vector<float> mean = constant_floats(n, 3), variance = constant_floats(n, 4);
    const double epsilon = attribute(n, "epsilon");
    for (size_t c = 0; c < factor.size(); ++c) {
      factor[c] = static_cast<float>(factor[c] / std::sqrt(variance[c] + epsilon));
      term[c] -= mean[c] * factor[c];
    }
    add_affine(i, n.inputs[0], std::move(factor), std::move(term));
  }

  void add_scale(int i) {
    const float factor = static_cast<float>(attribute(node(i), "factor"));
    const size_t channels = shape(i).rank() > 0 ? shape(i)[-1] : 1;
    add_affine(i, node(i).inputs[0], std::vector<float>(channels, factor),
               std::vector<float>(channels));
  }

  // i = v * factor + term over the last axis.
  void add_affine(int i, int v, std::vector<float> factor, std::vector<float> term) {
    Operation* product = open_product(v);
    if (!product || product->residual >= 0) {
      Operation& o = emit(i, Kind::kAffine, {v});
      o.weight = std::move(factor);
      o.bias = std::move(term);
      return;
    }
    const size_t out = factor.size();
    for (size_t j = 0; j < product->weight.size(); ++j) product->weight[j] *= factor[j % out];
    for (size_t c = 0; c < out; ++c) product->bias[c] = product->bias[c] * factor[c] + term[c];
    for (size_t c = 0; c < product->row_bias_factor.size(); ++c)
      product->row_bias_factor[c] *= factor[c];
    move_to(v, i);
  }

  void add_relu(int i) {
    const int v = node(i).inputs[0];
    const Operation* before = open_maker(v);
    if (before && (before->kind == Kind::kProduct || before->kind == Kind::kBinary ||
                   before->kind == Kind::kAffine)) {
      move_to(v, i);
      operations_.back()->relu = true;
    } else {
      add_unary(i, Unary::kRelu);
    }
  }

  void add_unary(int i, UnaryOp op) { emit(i, Kind::kUnary, {node(i).inputs[0]}).unary = op; }

  void add_sum(int i) {
    const int a = node(i).inputs[0], b = node(i).inputs[1];
    const bool same = shape(a) == shape(b);
    const bool row = !same && shape(a).rank() > 0 && shape(b).size() == shape(a)[-1] &&
                     shape(b).rank() > 0 && shape(b)[-1] == shape(a)[-1];
    if (row && constant(b)) {
      const std::vector<float> term = constant(b)->to_vector();
      add_affine(i, a, std::vector<float>(term.size(), 1.0f), term);
      return;
    }
    Operation* product = open_product(a);
    const bool row_an_image =
        product && shape(a).rank() == 4 && shape(b).rank() == 2 && shape(b)[0] == product->conv.n;
    if (((row && shape(a)[0] == 1) || row_an_image) && product && product->residual < 0 &&
        product->row_bias < 0) {
      product->row_bias = root_[b];
      product->row_bias_factor.assign(product->conv.out, 1.0f);
      move_to(a, i);
      return;
    }
    if (same && a != b) {
      const int v = product && product->residual < 0 ? a : b;
      product = open_product(v);
      if (product && product->residual < 0) {
        product->residual = root_[v == a ? b : a];
        move_to(v, i);
        return;
      }
    }
    add_binary(i, Binary::kAdd);
  }

  void add_binary(int i, Binary op) {
    const int a = node(i).inputs[0], b = node(i).inputs[1];
    Operation& o = emit(i, Kind::kBinary, {a, b});
    o.binary = op;
    o.way = broadcast_of(o.name.c_str(), shape(a), shape(b));
  }

  void add_pool(int i, Kind kind) {
    const int v = node(i).inputs[0];
    Operation& o = emit(i, kind, {v});
    const Shape& x = shape(v);
    o.way = {x[0], x[1] * x[2], x[3]};
  }

  void add_window(int i, Kind kind) {
    const GraphNode& n = node(i);
    const Shape& x = shape(n.inputs[0]);
    Operation& o = emit(i, kind, {n.inputs[0]});
    o.window = {.n = x[0],
                .height = x[1],
                .width = x[2],
                .channels = x[3],
                .kernel = per_axis(n, "kernel"),
                .stride = per_axis(n, "stride"),
                .padding = per_axis(n, "padding"),
                .count_padding = kind == Kind::kWindowMean && attribute(n, "count_padding") != 0};
  }

  // Product of the dimensions from `axis` on.
  static int64_t run_of(const Shape& s, int64_t axis) {
    int64_t run = 1;
    for (int64_t d = axis; d < s.rank(); ++d) run *= s[static_cast<int>(d)];
    return run;
  }

  void add_concat(int i) {
    const GraphNode& n = node(i);
    Operation& o = emit(i, Kind::kConcat, n.inputs);
    const int64_t axis = static_cast<int64_t>(attribute(n, "axis"));
    for (const int input : n.inputs) o.runs.push_back(run_of(shape(input), axis));
    o.way.outer = shape(i).size() / std::max<int64_t>(1, run_of(shape(i), axis));
  }

  void add_slice(int i) {
    const GraphNode& n = node(i);
    Operation& o = emit(i, Kind::kSlice, n.inputs);
    const int64_t axis = static_cast<int64_t>(attribute(n, "axis"));
    const Shape& x = shape(n.inputs[0]);
    o.runs = {run_of(x, axis), run_of(shape(i), axis)};
    o.offset = static_cast<int64_t>(attribute(n, "begin")) * run_of(x, axis + 1);
    o.way.outer = x.size() / std::max<int64_t>(1, o.runs[0]);
  }

  const Graph& graph_;
  std::vector<int> uses_;  // readers of each node, the caller included
  std::vector<int> root_;
  std::vector<int> maker_;                              // of each node: its operation, or -1
  std::vector<std::unique_ptr<Operation>> operations_;  // moved ones leave a gap
};

}  // namespace

FoldedGraph fold(const Graph& graph) { return Folder(graph).result(); }

}  // namespace tengen::nn
