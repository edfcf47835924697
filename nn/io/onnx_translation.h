// How a traced graph becomes an ONNX model: what the translators of single operations use.
//
// A value of an image net may exist under two names, one for each order of axes. An operation
// takes the order in which its input already is; the other is made, by a Transpose, only when
// somebody asks for it, and only once. So a tower of convolutions has one Transpose at either end.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/graph.h"
#include "nn/io/onnx_model.h"

namespace tengen::nn {

enum class Order {
  kRows,          // as the library has it: [N,H,W,C]
  kChannelsFirst  // [N,C,H,W]; only values of four axes
};

// One network traced with two sizes of batch; axes that differ depend on the batch. Both are the
// same graph where the batch is fixed.
struct TracedTwice {
  const Graph& graph;
  const Graph& other;
};

class OnnxTranslation {
 public:
  OnnxTranslation(const TracedTwice& traced, const std::map<const float*, std::string>& names);

  const GraphNode& node(int i) const { return traced_.graph.nodes[static_cast<size_t>(i)]; }
  const Shape& shape(int i) const { return node(i).shape; }
  double attribute(const GraphNode& n, const char* name) const;  // Error if it is missing
  double attribute(const GraphNode& n, const char* name, double otherwise) const;
  bool depends_on_batch(int i, int axis) const;
  // The sizes of value i, with -1 for the axis that depends on the batch.
  std::vector<int64_t> sizes(int i) const;

  bool is_constant(int i) const { return node(i).op == "constant"; }
  // The floats of a parameter or buffer; Error if input `which` of n is none.
  std::vector<float> constant(const GraphNode& n, size_t which) const;
  std::string constant_name(int i) const;

  // The order in which value i exists already; kRows if both do.
  Order order(int i) const;
  std::string in(Order order, int i);
  std::string rows(int i) { return in(Order::kRows, i); }
  std::string channels_first(int i) { return in(Order::kChannelsFirst, i); }
  void set(int i, Order order, const std::string& name);
  void set_rows(int i, const std::string& name) { set(i, Order::kRows, name); }
  // What else is known of value i under a word of the translators' own: its last state, say.
  std::string& beside(int i, const std::string& word) { return beside_[{i, word}]; }

  // Keeps a name for an input or output of the model.
  void reserve(const std::string& name) { ++used_[name]; }
  // Adds a node and returns the name of its output; `outputs` of them make NAME, NAME_1, ...
  std::string add(const char* type, std::vector<std::string> inputs,
                  std::vector<OnnxAttribute> attributes = {});
  std::vector<std::string> add_many(const char* type, std::vector<std::string> inputs,
                                    std::vector<OnnxAttribute> attributes, int outputs);
  std::string floats(const std::string& name, Shape shape, std::vector<float> values);
  std::string number(float value);                           // a scalar
  std::string integers(const std::vector<int64_t>& values);  // [n]
  std::string reshaped(const std::string& value, const std::vector<int64_t>& sizes);
  // Value i with axes of size 1 put in at `axes`.
  std::string with_axes(int i, const std::vector<int64_t>& axes);
  std::string transposed(const std::string& value, const std::vector<int64_t>& order);

  OnnxModel& model() { return model_; }

 private:
  std::string fresh(const std::string& hint);
  std::string constant_value(int i);
  std::string repeated_over_batch(int i);

  const TracedTwice& traced_;
  const std::map<const float*, std::string>& names_;
  OnnxModel model_;
  std::vector<std::string> rows_, channels_first_;  // names of values; empty where not made
  std::map<std::pair<int, std::string>, std::string> beside_;
  std::map<std::string, int> used_;  // names so far
  std::map<std::vector<int64_t>, std::string> integers_;
  std::map<float, std::string> numbers_;
};

// Where axis `axis` of a value of four axes lies in an order; of any other it stays.
int axis_in(Order order, const Shape& shape, int axis);

// Translates value i = n of the graph.
using OnnxTranslator = std::function<void(OnnxTranslation& to, const GraphNode& n, int i)>;
using OnnxTable = std::map<std::string_view, OnnxTranslator>;

// One onnx_*.cpp each.
void add_elementwise(OnnxTable& table);
void add_products(OnnxTable& table);
void add_shapes(OnnxTable& table);
void add_norms(OnnxTable& table);
void add_recurrent(OnnxTable& table);

}  // namespace tengen::nn
