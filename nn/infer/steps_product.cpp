// Convolutions and linear layers: 3x3 by Winograd, the others as products with packed weights.
#include <algorithm>
#include <sstream>
#include <utility>

#include "nn/cpu/gemm.h"
#include "nn/cpu/grouped_conv.h"
#include "nn/cpu/im2col.h"
#include "nn/cpu/winograd_conv.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

int64_t whole_lines(int64_t floats) { return (floats + 15) / 16 * 16; }

// What both kinds share: the result's bias, residual and rectifier.
class ProductStep : public Step {
 public:
  ProductStep(const Kernels& kernels, Operation operation, Places places)
      : kernels_(kernels), operation_(std::move(operation)), places_(std::move(places)) {}

  double flops() const override {
    const Conv2dShape& s = operation_.conv;
    return 2.0 * static_cast<double>(s.out_height() * s.out_width() * s.out) *
           static_cast<double>(s.kernel_h * s.kernel_w * s.group_in());
  }

  std::string text() const override {
    const Conv2dShape& s = operation_.conv;
    std::ostringstream text;
    text << operation_.name;
    if (operation_.name == "conv2d") text << " " << s.kernel_h << "x" << s.kernel_w;
    text << " " << s.in << "->" << s.out << " " << method();
    if (operation_.row_bias >= 0) text << " + row";
    if (operation_.residual >= 0) text << " + residual";
    if (operation_.relu) text << " + relu";
    text << " -> " << operation_.shape;
    return text.str();
  }

 protected:
  virtual std::string method() const = 0;

  // Scratch begins with room for the bias of this run.
  int64_t bias_floats() const {
    return operation_.row_bias >= 0 ? whole_lines(operation_.conv.out) : 0;
  }
  Epilogue epilogue(const Frame& frame) const {
    Epilogue e{operation_.bias.data(), nullptr, operation_.relu};
    if (operation_.residual >= 0) e.residual = frame.read(places_.residual);
    if (operation_.row_bias >= 0) {
      const float* row = frame.read(places_.row_bias);
      for (int64_t c = 0; c < operation_.conv.out; ++c)
        frame.scratch[c] = operation_.bias[c] + operation_.row_bias_factor[c] * row[c];
      e.bias = frame.scratch;
    }
    return e;
  }

  const Kernels& kernels_;
  Operation operation_;
  Places places_;
  const float* packed_ = nullptr;
};

class WinogradStep : public ProductStep {
 public:
  WinogradStep(const Kernels& kernels, Operation operation, Places places)
      : ProductStep(kernels, std::move(operation), std::move(places)),
        shape_(winograd_shape(operation_.conv, kernels.lanes, 1, 1)) {}

  void run(const Frame& frame) const override {
    winograd_group(kernels_, shape_, 1, packed_, frame.read(places_.inputs[0]), epilogue(frame),
                   frame.write(places_.output), frame.scratch + bias_floats());
  }
  int64_t scratch_floats() const override { return bias_floats() + winograd_workspace(shape_); }
  int64_t weight_floats() const override { return shape_.weight_floats(); }
  void pack(float* to) override {
    kernels_.winograd_weights(shape_, operation_.weight.data(), to);
    packed_ = to;
    operation_.weight = {};
  }

 private:
  std::string method() const override {
    return shape_.tile == 3 ? "winograd F(3x3)" : "winograd F(4x4)";
  }

  WinogradShape shape_;
};

class GemmStep : public ProductStep {
 public:
  GemmStep(const Kernels& kernels, Operation operation, Places places)
      : ProductStep(kernels, std::move(operation), std::move(places)),
        rows_(operation_.conv.out_height() * operation_.conv.out_width()),
        depth_(operation_.conv.kernel_h * operation_.conv.kernel_w * operation_.conv.in),
        patches_(operation_.conv.kernel_h * operation_.conv.kernel_w != 1 ||
                 operation_.conv.stride != 1 || operation_.conv.padding != 0) {}

  void run(const Frame& frame) const override {
    const float* x = frame.read(places_.inputs[0]);
    float* y = frame.write(places_.output);
    float* packed_rows = frame.scratch + bias_floats();
    if (patches_) {
      float* patches = packed_rows + packed_rows_floats();
      image_to_patches(operation_.conv, x, patches);
      x = patches;
    }
    if (rows_ > 1) {  // one row is its own packing
      kernels_.pack_rows(rows_, depth_, x, depth_, packed_rows);
      x = packed_rows;
    }
    const int64_t out = operation_.conv.out;
    kernels_.multiply_rows(
        {rows_, out, depth_, x, rows_ * kernels_.lanes, packed_, y, out, kernels_.lanes, false});
    kernels_.finish(rows_, out, epilogue(frame), y);
  }
  int64_t scratch_floats() const override {
    return bias_floats() + packed_rows_floats() + (patches_ ? whole_lines(rows_ * depth_) : 0);
  }
  int64_t weight_floats() const override {
    return packed_columns(kernels_, depth_, operation_.conv.out);
  }
  void pack(float* to) override {
    const int64_t out = operation_.conv.out;
    kernels_.pack_columns(depth_, out, operation_.weight.data(), out, false, to);
    packed_ = to;
    operation_.weight = {};
  }

 private:
  std::string method() const override { return patches_ ? "patches" : "product"; }
  int64_t packed_rows_floats() const {
    return rows_ > 1 ? whole_lines((depth_ + kernels_.lanes - 1) / kernels_.lanes * kernels_.lanes *
                                   rows_)
                     : 0;
  }

  int64_t rows_, depth_;
  bool patches_;
};

// One image is one piece, which runs on this thread.
class DepthwiseStep : public ProductStep {
 public:
  using ProductStep::ProductStep;

  void run(const Frame& frame) const override {
    const Conv2dShape& s = operation_.conv;
    float* y = frame.write(places_.output);
    depthwise_conv2d(kernels_, s, frame.read(places_.inputs[0]), operation_.weight.data(), y);
    kernels_.finish(s.out_height() * s.out_width(), s.out, epilogue(frame), y);
  }
  int64_t scratch_floats() const override { return bias_floats(); }

 private:
  std::string method() const override { return "depthwise"; }
};

}  // namespace

std::unique_ptr<Step> make_product_step(const Kernels& kernels, Operation operation,
                                        Places places) {
  if (winograd_fits(operation.conv))
    return std::make_unique<WinogradStep>(kernels, std::move(operation), std::move(places));
  if (operation.conv.groups > 1)
    return std::make_unique<DepthwiseStep>(kernels, std::move(operation), std::move(places));
  return std::make_unique<GemmStep>(kernels, std::move(operation), std::move(places));
}

}  // namespace tengen::nn
