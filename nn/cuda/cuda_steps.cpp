// Steps of products in half precision and of conversions, and those that are few calls.
#include <algorithm>
#include <utility>

#include "nn/cuda/cuda_step.h"
#include "nn/cuda/plan_kernels.h"

namespace tengen::nn {
namespace {

class ConvertStep : public CudaStep {
 public:
  ConvertStep(const Slot& x, int from, const Slot& y, int to, std::shared_ptr<float> factor)
      : CudaStep(y.half ? "to float16" : "to float32", {from}, {to}),
        x_(x),
        y_(y),
        factor_(std::move(factor)) {}

  void queue(const CudaFrame& frame) const override {
    const int from = reads()[0], to = writes()[0];
    if (y_.half)
      floats_to_halves(y_.rows, y_.columns, frame.floats(from), factor_.get(), y_.stride(),
                       frame.halves(to), frame.stream());
    else
      halves_to_floats(x_.rows, x_.columns, x_.stride(), frame.halves(from), frame.floats(to),
                       frame.stream());
  }

 private:
  const Slot x_, y_;
  const std::shared_ptr<float> factor_;
};

class HalfStep : public CudaStep {
 public:
  HalfStep(std::string text, std::unique_ptr<HalfConvolution> convolution, const HalfSlots& slots)
      : CudaStep(std::move(text), {slots.x, slots.row_bias, slots.residual},
                 {slots.y, slots.then_y}),
        convolution_(std::move(convolution)),
        slots_(slots) {}

  void queue(const CudaFrame& frame) const override {
    convolution_->run({.x = frame.halves(slots_.x),
                       .row_bias = frame.halves(slots_.row_bias),
                       .residual = frame.halves(slots_.residual),
                       .y = frame.halves(slots_.y),
                       .then_y = frame.halves(slots_.then_y)},
                      frame.stream());
  }

 private:
  const std::unique_ptr<HalfConvolution> convolution_;
  const HalfSlots slots_;
};

}  // namespace

int64_t Slot::stride() const { return half ? padded_to_eight(columns) : columns; }
int64_t Slot::floats() const {
  const int64_t elements = rows * stride();
  return half ? (elements + 1) / 2 : elements;
}

std::shared_ptr<float> device_floats(CudaDevice& device, std::span<const float> values) {
  const auto memory = device.allocate(std::max<size_t>(1, values.size()) * sizeof(float));
  if (!values.empty())
    device.copy_from_host(memory.get(), values.data(), values.size() * sizeof(float));
  return {memory, static_cast<float*>(memory.get())};
}

std::unique_ptr<CudaStep> make_convert_step(const Slot& x, int from, const Slot& y, int to,
                                            std::shared_ptr<float> factor) {
  return std::make_unique<ConvertStep>(x, from, y, to, std::move(factor));
}

std::unique_ptr<CudaStep> make_half_step(std::string text,
                                         std::unique_ptr<HalfConvolution> convolution,
                                         const HalfSlots& slots) {
  return std::make_unique<HalfStep>(std::move(text), std::move(convolution), slots);
}

}  // namespace tengen::nn
