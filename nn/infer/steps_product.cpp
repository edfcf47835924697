// Convolutions outside chains, and linear layers: products with packed weights.
#include <algorithm>
#include <sstream>
#include <utility>

#include "nn/cpu/gemm.h"
#include "nn/cpu/grouped_conv.h"
#include "nn/cpu/im2col.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

// What both kinds share: the result's bias, residual and rectifier.
class ProductStep : public Step {
 public:
  ProductStep(const Kernels& kernels, Operation operation, Places places)
      : kernels_(kernels), operation_(std::move(operation)), places_(std::move(places)) {}

  double flops() const override {
    const Conv2dShape& s = operation_.conv;
    return 2.0 * static_cast<double>(s.n * s.out_height() * s.out_width() * s.out) *
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

  int64_t image_floats() const {
    const Conv2dShape& s = operation_.conv;
    return s.height * s.width * s.in;
  }
  int64_t image_rows() const { return operation_.conv.out_height() * operation_.conv.out_width(); }
  int64_t result_floats() const { return image_rows() * operation_.conv.out; }
  // Scratch begins with room for the bias of this run.
  int64_t bias_floats() const {
    return operation_.row_bias >= 0 ? whole_lines(operation_.conv.out) : 0;
  }
  // Of rows, which are pixels of the result, from `first` to the end of its image at most.
  Epilogue epilogue(const Frame& frame, int64_t first) const {
    Epilogue e{operation_.bias.data(), nullptr, operation_.relu};
    const int64_t out = operation_.conv.out;
    if (operation_.residual >= 0) e.residual = frame.read(places_.residual) + first * out;
    if (operation_.row_bias >= 0) {
      const float* row = frame.read(places_.row_bias) + first / image_rows() * out;
      for (int64_t c = 0; c < out; ++c)
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

// Group by group, with pixels or the patches of an image as the rows of a product. Where nothing
// depends on the image, rows are taken as they come, so many at once that they stay in the cache.
class GemmStep : public ProductStep {
 public:
  GemmStep(const Kernels& kernels, Operation operation, Places places)
      : ProductStep(kernels, std::move(operation), std::move(places)), group_(operation_.conv) {
    group_.in = operation_.conv.group_in();
    group_.out = operation_.conv.group_out();
    group_.groups = 1;
    const Conv2dShape& s = group_;
    patches_ = s.kernel_h * s.kernel_w != 1 || s.stride != 1 || s.padding != 0;
    depth_ = s.kernel_h * s.kernel_w * s.in;
    rows_ = image_rows();
    if (!patches_ && operation_.row_bias < 0)
      rows_ =
          std::min(s.n * rows_, std::max(kLeastRows, kPackedFloats / std::max<int64_t>(1, depth_)));
  }

  void run(const Frame& frame) const override {
    const float* x = frame.read(places_.inputs[0]);
    float* y = frame.write(places_.output);
    const int64_t out = operation_.conv.out, all = group_.n * image_rows();
    for (int64_t first = 0; first < all; first += rows_) {
      const int64_t rows = std::min(rows_, all - first);
      for (int64_t g = 0; g < operation_.conv.groups; ++g)
        multiply(rows, x + g * group_.in, packed_ + g * group_weights(), y + g * group_.out,
                 frame.scratch + bias_floats());
      kernels_.finish(rows, out, epilogue(frame, first), y);
      x += patches_ ? image_floats() : rows * operation_.conv.in;
      y += rows * out;
    }
  }
  int64_t scratch_floats() const override {
    return bias_floats() + packed_rows_floats() + patch_floats() + channel_floats();
  }
  int64_t weight_floats() const override { return operation_.conv.groups * group_weights(); }
  void pack(float* to) override {
    const int64_t out = operation_.conv.out;
    for (int64_t g = 0; g < operation_.conv.groups; ++g)
      kernels_.pack_columns(depth_, group_.out, operation_.weight.data() + g * group_.out, out,
                            false, to + g * group_weights());
    packed_ = to;
    operation_.weight = {};
  }

 private:
  static constexpr int64_t kPackedFloats = 32 * 1024, kLeastRows = 16;

  // One group of some rows, of one image where there are patches: x and y have all groups'
  // channels.
  void multiply(int64_t rows, const float* x, const float* weights, float* y,
                float* scratch) const {
    const Conv2dShape& all = operation_.conv;
    float* packed_rows = scratch;
    float* patches = packed_rows + packed_rows_floats();
    int64_t x_row = all.in;
    if (patches_) {
      if (all.groups > 1) {
        float* channels = patches + patch_floats();
        for (int64_t pixel = 0; pixel < all.height * all.width; ++pixel)
          std::copy_n(x + pixel * all.in, group_.in, channels + pixel * group_.in);
        x = channels;
      }
      image_to_patches(group_, x, patches);
      x = patches;
      x_row = depth_;
    }
    if (rows > 1) {  // one row is its own packing
      kernels_.pack_rows(rows, depth_, x, x_row, packed_rows);
      x = packed_rows;
    }
    kernels_.multiply_rows({rows, group_.out, depth_, x, rows * kernels_.lanes, weights, y, all.out,
                            kernels_.lanes, false});
  }

  std::string method() const override { return patches_ ? "patches" : "product"; }
  int64_t group_weights() const { return packed_columns(kernels_, depth_, group_.out); }
  int64_t packed_rows_floats() const {
    return rows_ > 1 ? whole_lines((depth_ + kernels_.lanes - 1) / kernels_.lanes * kernels_.lanes *
                                   rows_)
                     : 0;
  }
  int64_t patch_floats() const { return patches_ ? whole_lines(rows_ * depth_) : 0; }
  int64_t channel_floats() const {
    const bool copied = patches_ && operation_.conv.groups > 1;
    return copied ? whole_lines(group_.height * group_.width * group_.in) : 0;
  }

  Conv2dShape group_;  // the convolution of one group
  bool patches_;
  int64_t rows_, depth_;  // of each product, the last of which may have fewer rows
};

class DepthwiseStep : public ProductStep {
 public:
  using ProductStep::ProductStep;

  void run(const Frame& frame) const override {
    const Conv2dShape& s = operation_.conv;
    float* y = frame.write(places_.output);
    depthwise_conv2d(kernels_, s, frame.read(places_.inputs[0]), operation_.weight.data(), y);
    for (int64_t i = 0; i < s.n; ++i, y += result_floats())
      kernels_.finish(image_rows(), s.out, epilogue(frame, i * image_rows()), y);
  }
  int64_t scratch_floats() const override { return bias_floats(); }

 private:
  std::string method() const override { return "depthwise"; }
};

}  // namespace

std::unique_ptr<Step> make_product_step(const Kernels& kernels, Operation operation,
                                        Places places) {
  if (operation.conv.groups > 1 && depthwise_fits(operation.conv))
    return std::make_unique<DepthwiseStep>(kernels, std::move(operation), std::move(places));
  return std::make_unique<GemmStep>(kernels, std::move(operation), std::move(places));
}

}  // namespace tengen::nn
