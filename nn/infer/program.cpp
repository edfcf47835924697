#include "nn/infer/program.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

#include "nn/infer/chain.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace tengen::nn {
namespace {

using Kind = Operation::Kind;

FoldedGraph linked(const Graph& graph, const ChainKernels& chain) {
  FoldedGraph folded = fold(graph);
  link_chains(chain, folded);
  return folded;
}

}  // namespace

std::shared_ptr<float> aligned_floats(int64_t floats) {
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t wanted = std::max<size_t>(64, static_cast<size_t>(floats) * sizeof(float));
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

Program::Program(const Graph& graph, const Kernels& kernels, const ChainKernels& chain,
                 PerElement scales)
    : Program(graph, linked(graph, chain), kernels, chain, std::move(scales)) {}

Program::Program(const Graph& graph, FoldedGraph folded, const Kernels& kernels,
                 const ChainKernels& chain, PerElement scales)
    : layout_(graph, folded), scales_(std::move(scales)), fed_(folded.operands.size()) {
  for (const Operation& operation : folded.operations) {
    if (operation.feeds >= 0) {
      const size_t i = static_cast<size_t>(operation.feeds) - folded.root.size();
      fed_[i] = {steps_.size(), layout_.places_of(operation).feeds, folded.operands[i].shape};
    }
    steps_.push_back(step_of(folded, kernels, chain, operation));
    scratch_floats_ = std::max(scratch_floats_, steps_.back()->scratch_floats());
  }
  pack_weights();
}

std::unique_ptr<Step> Program::step_of(const FoldedGraph& folded, const Kernels& kernels,
                                       const ChainKernels& chain, const Operation& o) const {
  Places places = layout_.places_of(o);
  if (o.kind == Kind::kFeed)
    return make_feed_step(chain, o, std::move(places), operand(folded, o.feeds));
  if (o.kind == Kind::kChain)
    return make_chain_step(chain, o, std::move(places), operand(folded, o.inputs[0]),
                           o.feeds >= 0 ? operand(folded, o.feeds) : FedOperand{});
  return make_step(kernels, o, std::move(places));
}

FedOperand Program::operand(const FoldedGraph& folded, int value) const {
  const size_t i = static_cast<size_t>(value) - folded.root.size();
  return {folded.operands[i].shape, scales_.empty() ? nullptr : scales_[i].data()};
}

void Program::pack_weights() {
  for (const auto& step : steps_) weight_floats_ += whole_lines(step->weight_floats());
  weights_ = aligned_floats(weight_floats_);
  float* to = weights_.get();
  for (const auto& step : steps_) {
    step->pack(to);
    to += whole_lines(step->weight_floats());
  }
}

void Program::run(const Frame& frame) const {
  for (const auto& step : steps_) step->run(frame);
  for (const OutputCopy& copy : layout_.copies())
    std::copy_n(frame.read(copy.from), copy.size, frame.outputs[copy.output]);
}

void Program::run_and_observe(const Frame& frame, PerElement& ranges) const {
  for (size_t i = 0; i < steps_.size(); ++i) {
    steps_[i]->run(frame);
    for (size_t j = 0; j < fed_.size(); ++j)
      if (fed_[j].step == i)
        widen_ranges(fed_[j].shape, frame.read(fed_[j].place), ranges[j].data());
  }
}

PerElement Program::no_ranges() const {
  PerElement ranges;
  for (const Fed& fed : fed_) ranges.emplace_back(fed.shape.elements(), 0.0f);
  return ranges;
}

}  // namespace tengen::nn
