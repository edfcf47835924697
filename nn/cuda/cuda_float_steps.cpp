// Steps in float32, on the device's own functions: what is not a convolution of the trunk.
#include <algorithm>
#include <utility>

#include "nn/cuda/cuda_step.h"
#include "nn/cuda/plan_kernels.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

std::vector<int> reads_of(const FloatSlots& slots) {
  std::vector<int> reads = slots.inputs;
  reads.insert(reads.end(), {slots.residual, slots.row_bias});
  return reads;
}

class FloatStep : public CudaStep {
 public:
  FloatStep(Operation operation, const FloatSlots& slots)
      : CudaStep(
            operation.name + (operation.relu ? " + relu" : "") + " -> " + operation.shape.text(),
            reads_of(slots), {slots.output, slots.last_cell}),
        operation_(std::move(operation)),
        slots_(slots) {}

 protected:
  const float* in(const CudaFrame& frame, size_t i) const { return frame.floats(slots_.inputs[i]); }
  float* out(const CudaFrame& frame) const { return frame.floats(slots_.output); }

  Operation operation_;
  const FloatSlots slots_;
};

class FloatProductStep : public FloatStep {
 public:
  FloatProductStep(CudaDevice& device, Operation operation, const FloatSlots& slots)
      : FloatStep(std::move(operation), slots),
        weight_(device_floats(device, operation_.weight)),
        bias_(device_floats(device, operation_.bias)),
        row_factor_(device_floats(device, operation_.row_bias_factor)) {
    operation_.weight = operation_.bias = {};
  }

  void queue(const CudaFrame& frame) const override {
    const Conv2dShape& s = operation_.conv;
    const bool plain =
        s.kernel_h * s.kernel_w == 1 && s.stride == 1 && s.padding == 0 && s.groups == 1;
    if (plain)
      frame.device.gemm({.m = s.n * s.height * s.width,
                         .n = s.out,
                         .k = s.in,
                         .lda = s.in,
                         .ldb = s.out,
                         .ldc = s.out},
                        in(frame, 0), weight_.get(), out(frame));
    else
      frame.device.conv2d(s, in(frame, 0), weight_.get(), out(frame));
    finish_product({.images = s.n,
                    .points = s.out_height() * s.out_width(),
                    .columns = s.out,
                    .bias = bias_.get(),
                    .row_factor = row_factor_.get(),
                    .row_bias = frame.floats(slots_.row_bias),
                    .residual = frame.floats(slots_.residual),
                    .relu = operation_.relu},
                   out(frame), frame.stream());
  }

 private:
  std::shared_ptr<float> weight_, bias_, row_factor_;
};

class AffineStep : public FloatStep {
 public:
  AffineStep(CudaDevice& device, Operation operation, const FloatSlots& slots)
      : FloatStep(std::move(operation), slots), columns_(std::ssize(operation_.weight)) {
    rows_ = operation_.shape.size() / std::max<int64_t>(1, columns_);
    if (slots_.half) columns_ = padded_to_eight(columns_);
    operation_.weight.resize(static_cast<size_t>(columns_));
    operation_.bias.resize(static_cast<size_t>(columns_));
    factor_ = device_floats(device, operation_.weight);
    term_ = device_floats(device, operation_.bias);
  }

  void queue(const CudaFrame& frame) const override {
    if (slots_.half)
      scale_columns(rows_, columns_, frame.halves(slots_.inputs[0]), factor_.get(), term_.get(),
                    operation_.relu, frame.halves(slots_.output), frame.stream());
    else
      scale_columns(rows_, columns_, in(frame, 0), factor_.get(), term_.get(), operation_.relu,
                    out(frame), frame.stream());
  }

 private:
  int64_t rows_, columns_;
  std::shared_ptr<float> factor_, term_;
};

class BinaryStep : public FloatStep {
 public:
  using FloatStep::FloatStep;
  void queue(const CudaFrame& frame) const override {
    meet(operation_.binary, operation_.way, in(frame, 0), in(frame, 1), operation_.relu, out(frame),
         frame.stream());
  }
};

class WholeImagesStep : public FloatStep {
 public:
  using FloatStep::FloatStep;
  void queue(const CudaFrame& frame) const override {
    const Broadcast& way = operation_.way;
    if (slots_.half)
      pool_images(operation_.binary, way, frame.halves(slots_.inputs[0]),
                  padded_to_eight(way.inner), out(frame), frame.stream());
    else
      pool_images(operation_.binary, way, in(frame, 0), out(frame), frame.stream());
  }
};

// Its weights as the device takes them; what is saved for a gradient is scratch here.
class RecurrentStep : public FloatStep {
 public:
  RecurrentStep(CudaDevice& device, Operation operation, const FloatSlots& slots)
      : FloatStep(std::move(operation), slots),
        state_(whole_lines(operation_.recurrent.rows * operation_.recurrent.hidden)),
        saved_(device.recurrent_saved(operation_.recurrent)),
        weight_(device_floats(device, operation_.weight)),
        recurrent_weight_(device_floats(device, operation_.recurrent_weight)),
        bias_(device_floats(device, operation_.bias)) {}

  void queue(const CudaFrame& frame) const override {
    const bool cell = operation_.recurrent.kind == Recurrence::kLstm;
    float* const last_cell =
        slots_.last_cell == kNoSlot ? frame.scratch + state_ : frame.floats(slots_.last_cell);
    frame.device.recurrent(operation_.recurrent,
                           {.x = in(frame, 0),
                            .input_weight = weight_.get(),
                            .recurrent_weight = recurrent_weight_.get(),
                            .bias = bias_.get(),
                            .h0 = in(frame, 1),
                            .c0 = cell ? in(frame, 2) : nullptr},
                           {.y = out(frame),
                            .h_last = frame.scratch,
                            .c_last = cell ? last_cell : nullptr,
                            .saved = frame.scratch + 2 * state_});
  }
  int64_t scratch_floats() const override { return 2 * state_ + saved_; }
  // The device takes memory of its own meanwhile.
  bool can_be_captured() const override { return false; }

 private:
  const int64_t state_, saved_;
  std::shared_ptr<float> weight_, recurrent_weight_, bias_;
};

class CallStep : public FloatStep {
 public:
  using FloatStep::FloatStep;
  void queue(const CudaFrame& frame) const override {
    Places places;
    for (const int slot : slots_.inputs)
      places.inputs.push_back({Place::In::kConstant, 0, frame.floats(slot)});
    places.output = {Place::In::kWorkspace, 0, nullptr};
    operation_.body({frame.device, {{}, {}, out(frame), frame.scratch}, places});
  }
  int64_t scratch_floats() const override { return operation_.scratch_floats; }
  bool can_be_captured() const override { return !operation_.reads_numbers; }
};

}  // namespace

std::unique_ptr<CudaStep> make_float_step(CudaDevice& device, Operation operation,
                                          const FloatSlots& slots) {
  switch (operation.kind) {
    case Operation::Kind::kProduct:
      return std::make_unique<FloatProductStep>(device, std::move(operation), slots);
    case Operation::Kind::kAffine:
      return std::make_unique<AffineStep>(device, std::move(operation), slots);
    case Operation::Kind::kBinary:
      return std::make_unique<BinaryStep>(std::move(operation), slots);
    case Operation::Kind::kWholeImages:
      return std::make_unique<WholeImagesStep>(std::move(operation), slots);
    case Operation::Kind::kRecurrent:
      return std::make_unique<RecurrentStep>(device, std::move(operation), slots);
    case Operation::Kind::kPooled:  // these three only for the CPU
    case Operation::Kind::kChain:
    case Operation::Kind::kFeed:
    case Operation::Kind::kCall:
      break;
  }
  return std::make_unique<CallStep>(std::move(operation), slots);
}

}  // namespace tengen::nn
