#include "nn/graph.h"
#include "nn/image_shapes.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

Shape input_shape(const Conv2dShape& s) { return {s.n, s.height, s.width, s.in}; }
Shape output_shape(const Conv2dShape& s) { return {s.n, s.out_height(), s.out_width(), s.out}; }

const Shape* shape_of(const Var& bias) { return bias.defined() ? &bias.shape() : nullptr; }

// Rows of one number a channel.
Broadcast per_channel(const Tensor& y) {
  const int64_t channels = y.shape()[3];
  return {1, channels > 0 ? y.size() / channels : 0, channels};
}

void add_bias(Tensor& y, const Var& bias) {
  if (bias.defined()) add_in_place(y, bias.value(), per_channel(y));
}

void add_bias_grad(const GradSlot& bias, const Tensor& dy) {
  if (bias.requires_grad()) bias.add_grad(sum_over(dy, per_channel(dy), bias.shape()));
}

Tensor forward(const Conv2dShape& shape, const Tensor& x, const Tensor& weight) {
  Tensor y = Tensor::uninitialized(output_shape(shape), x.device());
  x.device().conv2d(shape, x.data(), weight.data(), y.data());
  return y;
}

Tensor grad_input(const Conv2dShape& shape, const Tensor& dy, const Tensor& weight) {
  Tensor dx = Tensor::uninitialized(input_shape(shape), dy.device());
  dy.device().conv2d_grad_input(shape, dy.data(), weight.data(), dx.data());
  return dx;
}

Tensor grad_weight(const Conv2dShape& shape, const Tensor& x, const Tensor& dy, Shape weight) {
  Tensor dw = Tensor::uninitialized(std::move(weight), dy.device());
  dy.device().conv2d_grad_weight(shape, x.data(), dy.data(), dw.data());
  return dw;
}

void add_conv2d_grads(const Conv2dShape& shape, const Var& x, const Var& weight, const Tensor& dy) {
  if (x.requires_grad() && weight.requires_grad()) {
    Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
    Tensor dw = Tensor::uninitialized(weight.shape(), dy.device());
    dy.device().conv2d_grad(shape, x.value().data(), weight.value().data(), dy.data(), dx.data(),
                            dw.data());
    x.add_grad(dx);
    weight.add_grad(dw);
  } else if (x.requires_grad()) {
    x.add_grad(grad_input(shape, dy, weight.value()));
  } else if (weight.requires_grad()) {
    weight.add_grad(grad_weight(shape, x.value(), dy, weight.shape()));
  }
}

template <class Options>
std::map<std::string, double> attributes_of(const Options& options) {
  return {{"stride_h", options.stride.h},     {"stride_w", options.stride.w},
          {"padding_h", options.padding.h},   {"padding_w", options.padding.w},
          {"dilation_h", options.dilation.h}, {"dilation_w", options.dilation.w},
          {"groups", options.groups}};
}

}  // namespace

Var conv2d(const Var& x, const Var& weight, const Var& bias, const Conv2dOptions& options) {
  const Conv2dShape shape = conv2d_shape(x.shape(), weight.shape(), shape_of(bias), options);
  Tensor y = forward(shape, x.value(), weight.value());
  add_bias(y, bias);
  const Var result = make_var(std::move(y), {x, weight, bias},
                              [x, weight, bias = bias.slot(), shape](const Tensor& dy) {
                                add_conv2d_grads(shape, x, weight, dy);
                                add_bias_grad(bias, dy);
                              });
  if (tracing()) record_operation("conv2d", {x, weight, bias}, result, attributes_of(options));
  return result;
}

Var conv_transpose2d(const Var& x, const Var& weight, const Var& bias,
                     const ConvTranspose2dOptions& options) {
  const Conv2dShape shape =
      conv_transpose2d_shape(x.shape(), weight.shape(), shape_of(bias), options);
  Tensor y = grad_input(shape, x.value(), weight.value());
  add_bias(y, bias);
  const Var result = make_var(
      std::move(y), {x, weight, bias}, [x, weight, bias = bias.slot(), shape](const Tensor& dy) {
        if (x.requires_grad()) x.add_grad(forward(shape, dy, weight.value()));
        if (weight.requires_grad())
          weight.add_grad(grad_weight(shape, dy, x.value(), weight.shape()));
        add_bias_grad(bias, dy);
      });
  if (tracing()) {
    auto attributes = attributes_of(options);
    attributes["output_padding_h"] = options.output_padding.h;
    attributes["output_padding_w"] = options.output_padding.w;
    record_operation("conv_transpose2d", {x, weight, bias}, result, attributes);
  }
  return result;
}

}  // namespace tengen::nn
