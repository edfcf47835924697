#include "nn/base/check.h"
#include "nn/graph.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

Conv2dShape checked_shape(const Shape& x, const Shape& w, const Conv2dOptions& options) {
  CHECK(options.stride >= 1);
  CHECK(options.padding >= 0);
  if (x.rank() != 4) wrong_shape("conv2d", "x [N,H,W,C]", x);
  if (w.rank() != 4 || w[2] != x[3])
    wrong_shape("conv2d", "weight [kh,kw," + std::to_string(x[3]) + ",K]", w);
  const Conv2dShape shape{.n = x[0],
                          .height = x[1],
                          .width = x[2],
                          .in = x[3],
                          .out = w[3],
                          .kernel_h = w[0],
                          .kernel_w = w[1],
                          .stride = options.stride,
                          .padding = options.padding};
  if (w[0] < 1 || w[0] > x[1] + 2 * options.padding || w[1] < 1 ||
      w[1] > x[2] + 2 * options.padding)
    wrong_shape("conv2d", "an image at least as large as the kernel " + w.text(), x);
  return shape;
}

}  // namespace

Var conv2d(const Var& x, const Var& weight, const Var& bias, const Conv2dOptions& options) {
  const Conv2dShape shape = checked_shape(x.shape(), weight.shape(), options);
  if (bias.defined() && bias.shape() != Shape{shape.out})
    wrong_shape("conv2d", "bias " + Shape{shape.out}.text(), bias.shape());

  Device& device = x.value().device();
  Tensor y =
      Tensor::uninitialized({shape.n, shape.out_height(), shape.out_width(), shape.out}, device);
  device.conv2d(shape, x.value().data(), weight.value().data(), y.data());
  const Broadcast way{1, shape.n * shape.out_height() * shape.out_width(), shape.out};
  if (bias.defined()) add_in_place(y, bias.value(), way);

  const Var result =
      make_var(std::move(y), {x, weight, bias},
               [x, weight, bias = bias.slot(), shape, way](const Tensor& dy) {
                 Device& device = dy.device();
                 if (x.requires_grad()) {
                   Tensor dx = Tensor::uninitialized(x.shape(), device);
                   device.conv2d_grad_input(shape, dy.data(), weight.value().data(), dx.data());
                   x.add_grad(dx);
                 }
                 if (weight.requires_grad()) {
                   Tensor dw = Tensor::uninitialized(weight.shape(), device);
                   device.conv2d_grad_weight(shape, x.value().data(), dy.data(), dw.data());
                   weight.add_grad(dw);
                 }
                 if (bias.requires_grad()) bias.add_grad(sum_over(dy, way, bias.shape()));
               });
  if (tracing())
    record_operation("conv2d", {x, weight, bias}, result,
                     {{"stride", double(options.stride)}, {"padding", double(options.padding)}});
  return result;
}

}  // namespace tengen::nn
