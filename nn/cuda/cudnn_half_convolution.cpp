// HalfConvolution by one graph of cuDNN's.
#include <algorithm>
#include <sstream>

#include "nn/cuda/convolution_graphs.h"
#include "nn/cuda/cudnn_session.h"
#include "nn/cuda/device_array.h"
#include "nn/cuda/half_convolution.h"
#include "nn/cuda/half_convolution_graphs.h"
#include "nn/cuda/handles.h"
#include "nn/cuda/stream_memory.h"

namespace tengen::nn {
namespace {

using Memory = CudaHandle<void*, cudaFree>;

Memory allocate(size_t bytes) {
  void* memory;
  CUDA_CHECK(cudaMalloc(&memory, std::max<size_t>(bytes, 1)));
  return Memory(memory);
}

std::vector<__half> halves(const std::vector<float>& values) {
  std::vector<__half> result;
  for (const float value : values) result.push_back(__float2half(value));
  return result;
}

// [kh * kw * in, out] -> [out, kh * kw * in]
std::vector<float> transposed(const std::vector<float>& weight, size_t out) {
  const size_t depth = weight.size() / out;
  std::vector<float> result(weight.size());
  for (size_t i = 0; i < depth; ++i)
    for (size_t j = 0; j < out; ++j) result[j * depth + i] = weight[i * out + j];
  return result;
}

std::string key_of(const HalfConvolutionParts& parts) {
  std::ostringstream key;
  key << "half convolution, " << text_of(parts.shape);
  const auto say = [&](bool is_so, const char* what) {
    if (is_so) key << ", " << what;
  };
  say(!parts.bias.empty(), "bias");
  say(parts.has_row_bias, "row bias");
  say(parts.has_residual, "residual");
  say(parts.relu, "relu");
  say(parts.keeps_y, "kept");
  say(!parts.factor.empty(), "then scaled");
  say(parts.then_relu, "relu again");
  return key.str();
}

class CudnnHalfConvolution : public HalfConvolution {
 public:
  explicit CudnnHalfConvolution(const HalfConvolutionParts& parts)
      : session_(CudnnSession::of_current_device()),
        filter_(halves(transposed(parts.weight, static_cast<size_t>(parts.shape.out)))),
        bias_(parts.bias),
        half_bias_(halves(parts.bias)),
        factor_(parts.factor),
        term_(parts.term) {}

  // False where cuDNN has no plan.
  bool choose(const HalfConvolutionParts& parts) {
    std::vector<SearchedGraph> searched;
    for (HalfConvolutionGraph& made : half_convolution_graphs(parts)) {
      searched.push_back({made.graph, true});
      graphs_.push_back({made.tensors, made.half_bias});
    }
    const Stream stream = make_stream();
    const Scratch scratch(parts, stream.get());
    StreamMemory workspace;
    chosen_ = session_->choose(
        {.key = key_of(parts)}, searched,
        [&](const ChosenPlan& chosen) {
          run_plan(chosen, scratch.call(),
                   workspace.of(stream.get(), chosen.plan.workspace_bytes()), stream.get());
        },
        stream.get());
    if (chosen_) workspace_ = allocate(chosen_->plan.workspace_bytes());
    return chosen_.has_value();
  }

  std::string name() const override {
    return "cudnn engine " + std::to_string(chosen_->plan.engine());
  }
  void run(const HalfConvolutionCall& call, cudaStream_t stream) const override {
    run_plan(*chosen_, call, workspace_.get(), stream);
  }

 private:
  struct Graph {
    HalfConvolutionTensors tensors;
    bool half_bias;
  };

  // Images to time plans with, of small numbers.
  class Scratch {
   public:
    Scratch(const HalfConvolutionParts& parts, cudaStream_t stream) : stream_(stream) {
      const Conv2dShape& s = parts.shape;
      const int64_t results = s.n * s.out_height() * s.out_width() * s.out;
      call_.x = take(s.n * s.height * s.width * s.in);
      if (parts.has_row_bias) call_.row_bias = take(s.n * s.out);
      if (parts.has_residual) call_.residual = take(results);
      if (parts.keeps_y) call_.y = take(results);
      if (!parts.factor.empty()) call_.then_y = take(results);
    }
    const HalfConvolutionCall& call() const { return call_; }

   private:
    __half* take(int64_t values) {
      const size_t bytes = static_cast<size_t>(values) * sizeof(__half);
      void* const memory = memory_.emplace_back(allocate(bytes)).get();
      CUDA_CHECK(cudaMemsetAsync(memory, 0x20, bytes, stream_));  // 0x2020 is 0.008
      return static_cast<__half*>(memory);
    }
    cudaStream_t stream_;
    std::vector<Memory> memory_;
    HalfConvolutionCall call_;
  };

  void run_plan(const ChosenPlan& chosen, const HalfConvolutionCall& call, void* workspace,
                cudaStream_t stream) const {
    const Graph& graph = graphs_[chosen.graph];
    const HalfConvolutionTensors& at = graph.tensors;
    std::vector<int64_t> numbers;
    std::vector<void*> pointers;
    const auto add = [&](int64_t number, const void* pointer) {
      if (!number) return;
      numbers.push_back(number);
      pointers.push_back(const_cast<void*>(pointer));
    };
    add(at.x, call.x);
    add(at.filter, filter_.data());
    if (graph.half_bias)
      add(at.bias, half_bias_.data());
    else
      add(at.bias, bias_.data());
    add(at.row_bias, call.row_bias);
    add(at.residual, call.residual);
    add(at.y, call.y);
    add(at.factor, factor_.data());
    add(at.term, term_.data());
    add(at.then_y, call.then_y);
    session_->run(chosen.plan, numbers, pointers, workspace, stream);
  }

  std::shared_ptr<CudnnSession> session_;
  DeviceArray<__half> filter_;
  DeviceArray<float> bias_;
  DeviceArray<__half> half_bias_;
  DeviceArray<float> factor_, term_;
  Memory workspace_;
  std::vector<Graph> graphs_;
  std::optional<ChosenPlan> chosen_;
};

}  // namespace

std::unique_ptr<HalfConvolution> make_cudnn_half_convolution(const HalfConvolutionParts& parts) {
  auto made = std::make_unique<CudnnHalfConvolution>(parts);
  if (!made->choose(parts)) return nullptr;
  return made;
}

}  // namespace tengen::nn
