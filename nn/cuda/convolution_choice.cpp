#include "nn/cuda/convolution_choice.h"

#include <sstream>
#include <vector>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {
namespace {

// Zeros for every value of a call.
class TrialMemory {
 public:
  TrialMemory(const HalfConvolutionParts& parts, CudaDevice& device) : device_(device) {
    const Conv2dShape& s = parts.shape;
    const int64_t out = s.n * s.out_height() * s.out_width() * s.out;
    call_.x = take(s.n * s.height * s.width * s.in);
    if (parts.has_row_bias) call_.row_bias = take(s.n * s.out);
    if (parts.has_residual) call_.residual = take(out);
    if (parts.keeps_y) call_.y = take(out);
    if (!parts.factor.empty()) call_.then_y = take(out);
  }
  const HalfConvolutionCall& call() const { return call_; }

 private:
  __half* take(int64_t halves) {
    const size_t bytes = static_cast<size_t>(halves) * sizeof(__half);
    memory_.push_back(device_.allocate(bytes));
    CUDA_CHECK(cudaMemsetAsync(memory_.back().get(), 0, bytes, device_.stream()));
    return static_cast<__half*>(memory_.back().get());
  }

  CudaDevice& device_;
  std::vector<std::shared_ptr<void>> memory_;
  HalfConvolutionCall call_;
};

}  // namespace

std::string choice_key(const HalfConvolutionParts& p) {
  const Conv2dShape& s = p.shape;
  std::ostringstream key;
  for (const int64_t number :
       {s.n, s.height, s.width, s.in, s.out, s.kernel_h, s.kernel_w, s.stride.h, s.stride.w,
        s.padding.h, s.padding.w, s.dilation.h, s.dilation.w, s.groups})
    key << number << " ";
  key << p.bias.empty() << p.has_row_bias << p.has_residual << p.relu << p.keeps_y
      << p.factor.empty() << p.then_relu;
  return key.str();
}

std::unique_ptr<HalfConvolution> ConvolutionChoice::make(const HalfConvolutionParts& parts,
                                                         CudaDevice& device) {
  std::unique_ptr<HalfConvolution> own = make_own_half_convolution(parts);
  std::unique_ptr<HalfConvolution> cudnn = make_cudnn_half_convolution(parts);
  if (!own || !cudnn) return own ? std::move(own) : std::move(cudnn);
  const bool own_is_faster = remembered("convolution " + choice_key(parts), [&] {
    const TrialMemory memory(parts, device);
    const auto time = [&](const HalfConvolution& convolution) {
      return milliseconds_of(device, [&] { convolution.run(memory.call(), device.stream()); });
    };
    return time(*own) <= time(*cudnn);
  });
  return own_is_faster ? std::move(own) : std::move(cudnn);
}

bool ConvolutionChoice::remembered(const std::string& key, const std::function<bool()>& is_faster) {
  if (trials_ != Trials::kMeasure) return trials_ == Trials::kFirst;
  const std::lock_guard lock(mutex_);
  const auto known = faster_.find(key);
  if (known != faster_.end()) return known->second;
  return faster_[key] = is_faster();
}

}  // namespace tengen::nn
