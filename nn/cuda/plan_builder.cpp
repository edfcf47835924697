#include "nn/cuda/plan_builder.h"

#include <algorithm>
#include <sstream>

#include "nn/cuda/half_products.h"
#include "nn/cuda/plan_kernels.h"

namespace tengen::nn {
namespace {

using Kind = Operation::Kind;

class Builder {
 public:
  Builder(const Graph& graph, CudaDevice& device, PlanPrecision precision,
          ConvolutionChoice& choice)
      : graph_(graph),
        device_(device),
        choice_(choice),
        folded_(fold(graph, FoldFor::kOthers)),
        choices_(folded_.operations.size()),
        convolutions_(folded_.operations.size()),
        joined_(folded_.operations.size()),
        floats_(folded_.value_count(), kNoSlot),
        halves_(folded_.value_count(), kNoSlot) {
    if (precision == PlanPrecision::kFloat32) return;
    choices_ = choose_half_products(graph, folded_);
    for (size_t i = 0; i < choices_.size(); ++i)
      if (choices_[i].half && operation(i).kind == Kind::kProduct) make_convolution(i);
  }

  BuiltPlan build() {
    for (const int input : graph_.inputs) {
      const bool half = std::ranges::count(folded_.outputs, input) == 0 && only_halves_read(input);
      plan_.inputs.push_back(add_slot(half ? halves_ : floats_, input, columns_of(input), half));
    }
    for (size_t i = 0; i < folded_.operations.size(); ++i) {
      if (joined_[i]) continue;
      if (choices_[i].half && convolutions_[i])
        add_half_product(i);
      else
        add_float(i);
    }
    for (const int output : folded_.outputs) plan_.outputs.push_back(floats_of(output));
    layers_.resize(plan_.steps.size());
    join_trunks(plan_, std::move(layers_), device_, choice_);
    return std::move(plan_);
  }

 private:
  const Operation& operation(size_t i) const { return folded_.operations[i]; }

  // Where no maker knows it with the scaling behind it, perhaps without; else it is a float32 one.
  void make_convolution(size_t i) {
    HalfChoice& chosen = choices_[i];
    if (chosen.affine >= 0) {
      const Operation& affine = operation(static_cast<size_t>(chosen.affine));
      convolutions_[i] = choice_.make(half_parts(operation(i), &affine, chosen.keeps_y), device_);
      if (convolutions_[i]) {
        joined_[static_cast<size_t>(chosen.affine)] = true;
        return;
      }
      chosen.affine = -1;
      chosen.keeps_y = true;
    }
    convolutions_[i] = choice_.make(half_parts(operation(i), nullptr, true), device_);
    chosen.half = convolutions_[i] != nullptr;
  }

  bool only_halves_read(int value) const {
    bool read = false;
    for (size_t i = 0; i < folded_.operations.size(); ++i) {
      const Operation& o = operation(i);
      bool reads = false;
      for_each_read(o, [&](int v) { reads = reads || v == value; });
      if (!reads) continue;
      if (!choices_[i].half || o.row_bias == value) return false;
      read = true;
    }
    return read;
  }

  int64_t columns_of(int value) const {
    const Shape& shape = graph_.nodes[value].shape;
    return shape.rank() > 0 ? shape[-1] : 1;
  }

  int add_slot(std::vector<int>& form, int value, int64_t columns, bool half) {
    const int64_t size = graph_.nodes[value].shape.size();
    plan_.slots.push_back({columns > 0 ? size / columns : 0, columns, half});
    return form[value] = static_cast<int>(plan_.slots.size()) - 1;
  }
  const Slot& slot(int i) const { return plan_.slots[static_cast<size_t>(i)]; }
  void convert(int from, int to, std::shared_ptr<float> factor) {
    plan_.steps.push_back(make_convert_step(slot(from), from, slot(to), to, std::move(factor)));
  }

  // The value as dense floats, made from its halves or a constant where it is not there yet.
  int floats_of(int value) {
    if (value < 0) return kNoSlot;
    if (floats_[value] != kNoSlot) return floats_[value];
    const int to = add_slot(floats_, value, columns_of(value), false);
    const GraphNode& node = graph_.nodes[value];
    if (node.op == "constant")
      plan_.constants.emplace_back(to, device_floats(device_, node.value.to_vector()));
    else
      convert(halves_[value], to, nullptr);
    return to;
  }
  int halves_of(int value) {
    if (value < 0) return kNoSlot;
    if (halves_[value] != kNoSlot) return halves_[value];
    const int from = floats_of(value), to = add_slot(halves_, value, columns_of(value), true);
    convert(from, to, nullptr);
    return to;
  }

  void add_half_product(size_t i) {
    const Operation& o = operation(i);
    HalfSlots slots{.x = halves_of(o.inputs[0]), .residual = halves_of(o.residual)};
    if (o.row_bias >= 0) slots.row_bias = row_bias_of(o);
    if (choices_[i].keeps_y) slots.y = add_slot(halves_, o.output, o.conv.out, true);
    if (choices_[i].affine >= 0) {
      const Operation& affine = operation(static_cast<size_t>(choices_[i].affine));
      slots.then_y = add_slot(halves_, affine.output, o.conv.out, true);
    }
    if (o.row_bias < 0) remember_layer(i, slots);
    const std::string text = half_text(i);
    plan_.steps.push_back(make_half_step(text, std::move(convolutions_[i]), slots));
  }

  void remember_layer(size_t i, const HalfSlots& slots) {
    const int joins = choices_[i].affine;
    const Operation* affine = joins < 0 ? nullptr : &operation(static_cast<size_t>(joins));
    layers_.resize(plan_.steps.size());
    layers_.push_back(TrunkLayer{half_parts(operation(i), affine, choices_[i].keeps_y), slots.x,
                                 slots.residual, slots.y, slots.then_y});
  }

  // [images, channels] in halves, times the factor that folding left.
  int row_bias_of(const Operation& o) {
    const int from = floats_of(o.row_bias);
    plan_.slots.push_back({o.conv.n, o.conv.out, true});
    const int to = static_cast<int>(plan_.slots.size()) - 1;
    convert(from, to, device_floats(device_, o.row_bias_factor));
    return to;
  }

  std::string half_text(size_t i) const {
    const Operation& o = operation(i);
    std::ostringstream text;
    text << o.name << " " << o.conv.kernel_h << "x" << o.conv.kernel_w << " " << o.conv.in << "->"
         << o.conv.out << " float16 " << convolutions_[i]->name();
    if (o.row_bias >= 0) text << " + row";
    if (o.residual >= 0) text << " + residual";
    if (o.relu) text << " + relu";
    if (choices_[i].affine >= 0) text << " + affine";
    text << " -> " << o.shape;
    return text.str();
  }

  // Images are pooled in the form in which they are there.
  bool reads_halves(size_t i) const {
    const Operation& o = operation(i);
    if (o.kind == Kind::kWholeImages)
      return halves_[o.inputs[0]] != kNoSlot && columns_of(o.inputs[0]) == o.way.inner;
    return o.kind == Kind::kAffine && choices_[i].half;
  }

  void add_float(size_t i) {
    const Operation& o = operation(i);
    FloatSlots slots;
    slots.half = reads_halves(i);
    for (const int v : o.inputs) slots.inputs.push_back(slots.half ? halves_of(v) : floats_of(v));
    slots.residual = floats_of(o.residual);
    slots.row_bias = floats_of(o.row_bias);
    const bool makes_halves = slots.half && o.kind == Kind::kAffine;
    slots.output =
        add_slot(makes_halves ? halves_ : floats_, o.output, columns_of(o.output), makes_halves);
    if (o.last_cell >= 0)
      slots.last_cell = add_slot(floats_, o.last_cell, columns_of(o.last_cell), false);
    plan_.steps.push_back(make_float_step(device_, o, slots));
  }

  const Graph& graph_;
  CudaDevice& device_;
  ConvolutionChoice& choice_;
  FoldedGraph folded_;
  std::vector<HalfChoice> choices_;  // of each operation, as the two below
  std::vector<std::unique_ptr<HalfConvolution>> convolutions_;
  std::vector<bool> joined_;                       // affines that a product takes along
  std::vector<int> floats_, halves_;               // slots of each value, or none
  std::vector<std::optional<TrunkLayer>> layers_;  // of each step, to its last layer
  BuiltPlan plan_;
};

}  // namespace

BuiltPlan build_plan(const Graph& graph, CudaDevice& device, PlanPrecision precision,
                     ConvolutionChoice& choice) {
  return Builder(graph, device, precision, choice).build();
}

}  // namespace tengen::nn
