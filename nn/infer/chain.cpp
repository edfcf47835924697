#include "nn/infer/chain.h"

#include <algorithm>
#include <compare>
#include <map>
#include <utility>

#include "nn/cpu/winograd_conv.h"

namespace tengen::nn {
namespace {

using Kind = Operation::Kind;

bool reads(const Operation& o, int value) {
  return std::ranges::count(o.inputs, value) > 0 || o.residual == value || o.row_bias == value;
}

bool makes_images_of(const Conv2dShape& conv, const WinogradShape& reader) {
  return conv.n == reader.images && conv.out_height() == reader.height &&
         conv.out_width() == reader.width && conv.out == reader.in;
}

class Linker {
 public:
  Linker(const ChainKernels& kernels, FoldedGraph& folded) : kernels_(kernels), folded_(folded) {}

  void link() {
    for (Operation& o : folded_.operations)
      if (o.kind == Kind::kProduct && winograd_fits(o.conv)) give_operand(o);
    absorb_affines();
    for (size_t i = 0; i < folded_.operands.size(); ++i)
      feed(folded_.operands[i], folded_.operand(i));
    for (Operation& o : folded_.operations)
      if (o.kind == Kind::kChain) drop_unread(o);
  }

 private:
  // A value as convolutions of one kernel read it, perhaps reshaped.
  struct Form {
    int value;
    int64_t height, width, kernel, padding;
    auto operator<=>(const Form&) const = default;
  };

  bool is_operand(int value) const {
    return std::ranges::any_of(folded_.operands,
                               [&](const Operand& operand) { return operand.value == value; });
  }
  std::vector<Operation>& operations() { return folded_.operations; }

  void give_operand(Operation& o) {
    const Form form{o.inputs[0], o.conv.height, o.conv.width, o.conv.kernel_h, o.conv.padding.h};
    auto found = operand_of_.find(form);
    if (found == operand_of_.end()) {
      const WinogradShape shape = chain_shape(kernels_, o.conv);
      found = operand_of_.emplace(form, folded_.operand(folded_.operands.size())).first;
      folded_.operands.push_back({form.value, shape, (kernels_.operand_bytes(shape) + 3) / 4});
    }
    o.kind = Kind::kChain;
    o.inputs[0] = found->second;
  }

  // The convolution that makes `value`, or would make it as its second result.
  Operation* maker(int value) {
    for (Operation& o : operations())
      if (o.kind == Kind::kChain && (o.output == value || o.then_output == value)) return &o;
    return nullptr;
  }

  // relu(x * factor + term) of a result that is not itself an operand.
  void absorb_affines() {
    for (size_t i = 0; i < operations().size();) {
      const Operation& affine = operations()[i];
      Operation* before = affine.kind == Kind::kAffine ? maker(affine.inputs[0]) : nullptr;
      if (!before || before->output != affine.inputs[0] || before->then_output >= 0 ||
          is_operand(before->output) ||
          static_cast<int64_t>(affine.weight.size()) != before->conv.out) {
        ++i;
        continue;
      }
      before->then_output = affine.output;
      before->then_relu = affine.relu;
      before->factor = affine.weight;
      before->term = affine.bias;
      operations().erase(operations().begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  void feed(const Operand& operand, int number) {
    Operation* before = maker(operand.value);
    if (before && before->feeds < 0 && makes_images_of(before->conv, operand.shape)) {
      before->feeds = number;
      return;
    }
    const auto reader =
        std::ranges::find_if(operations(), [&](const Operation& o) { return reads(o, number); });
    Operation o;
    o.kind = Kind::kFeed;
    o.name = "feed";
    o.inputs = {operand.value};
    o.feeds = number;
    o.shape = {operand.shape.images, operand.shape.height, operand.shape.width, operand.shape.in};
    operations().insert(reader, std::move(o));
  }

  // What only operands were made of is not written.
  void drop_unread(Operation& o) {
    const auto read = [&](int value) {
      return std::ranges::count(folded_.outputs, value) > 0 ||
             std::ranges::any_of(operations(),
                                 [&](const Operation& other) { return reads(other, value); });
    };
    o.keeps = read(o.output);
    o.then_keeps = o.then_output >= 0 && read(o.then_output);
  }

  const ChainKernels& kernels_;
  FoldedGraph& folded_;
  std::map<Form, int> operand_of_;
};

}  // namespace

const ChainKernels& chain_for(const Kernels& kernels, PlanPrecision precision) {
  const Chains& chains = kernels.chains;
  const ChainKernels* wanted = precision == PlanPrecision::kInt16      ? chains.int16
                               : precision == PlanPrecision::kBfloat16 ? chains.bfloat16
                                                                       : chains.float32;
  return wanted ? *wanted : *chains.float32;
}

WinogradShape chain_shape(const ChainKernels& kernels, const Conv2dShape& conv) {
  WinogradShape shape =
      winograd_shape(conv, kernels.lanes, conv.n, conv.n * conv.out_height() * conv.out_width());
  if (kernels.winograd) return shape;
  shape.tile = 1;
  shape.tiles_y = shape.out_height();
  shape.tiles_x = shape.out_width();
  return shape;
}

void link_chains(const ChainKernels& kernels, FoldedGraph& folded) {
  Linker(kernels, folded).link();
}

}  // namespace tengen::nn
