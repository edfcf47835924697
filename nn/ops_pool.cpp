#include "nn/graph.h"
#include "nn/image_shapes.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

Shape result_shape(const Pool2dShape& s) {
  return {s.n, s.out_height(), s.out_width(), s.channels};
}

std::map<std::string, double> attributes_of(const Pool2dShape& s) {
  return {{"kernel_h", s.kernel.h}, {"kernel_w", s.kernel.w},   {"stride_h", s.stride.h},
          {"stride_w", s.stride.w}, {"padding_h", s.padding.h}, {"padding_w", s.padding.w}};
}

// Where each maximum came from, in the memory of its device.
class Taps {
 public:
  Taps(int64_t size, Device& device) : memory_(device.allocate(size * sizeof(int32_t))) {}
  int32_t* data() const { return static_cast<int32_t*>(memory_.get()); }

 private:
  std::shared_ptr<void> memory_;
};

}  // namespace

Var max_pool2d(const Var& x, const Pool2dOptions& options) {
  const Pool2dShape shape = pool2d_shape("max_pool2d", x.shape(), options);
  Device& device = x.value().device();
  Tensor y = Tensor::uninitialized(result_shape(shape), device);
  const Taps taps(y.size(), device);
  device.max_pool(shape, x.value().data(), y.data(), taps.data());
  const Var result = make_var(std::move(y), {x}, [x = x.slot(), shape, taps](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
    dy.device().max_pool_grad(shape, dy.data(), taps.data(), dx.data());
    x.add_grad(dx);
  });
  if (tracing()) record_operation("max_pool2d", {x}, result, attributes_of(shape));
  return result;
}

Var average_pool2d(const Var& x, const Pool2dOptions& options) {
  const Pool2dShape shape = pool2d_shape("average_pool2d", x.shape(), options);
  Tensor y = Tensor::uninitialized(result_shape(shape), x.value().device());
  y.device().average_pool(shape, x.value().data(), y.data());
  const Var result = make_var(std::move(y), {x}, [x = x.slot(), shape](const Tensor& dy) {
    Tensor dx = Tensor::uninitialized(x.shape(), dy.device());
    dy.device().average_pool_grad(shape, dy.data(), dx.data());
    x.add_grad(dx);
  });
  if (tracing()) {
    auto attributes = attributes_of(shape);
    attributes["count_padding"] = shape.count_padding;
    record_operation("average_pool2d", {x}, result, attributes);
  }
  return result;
}

Var conv2d_relu_max_pool(const Var& x, const Var& weight, const Var& bias,
                         const Conv2dOptions& conv, const Pool2dOptions& pool) {
  if (tracing() || !bias.defined()) return max_pool2d(relu(conv2d(x, weight, bias, conv)), pool);
  const Conv2dShape c = conv2d_shape(x.shape(), weight.shape(), &bias.shape(), conv);
  const Pool2dShape p =
      pool2d_shape("conv2d_relu_max_pool", {c.n, c.out_height(), c.out_width(), c.out}, pool);
  Device& device = x.value().device();
  Tensor y = Tensor::uninitialized(result_shape(p), device);
  const Taps taps(y.size(), device);
  device.conv2d_relu_max_pool(c, p, x.value().data(), weight.value().data(), bias.value().data(),
                              y.data(), taps.data());
  const Tensor kept = y;
  return make_var(std::move(y), {x, weight, bias},
                  [x, weight, bias = bias.slot(), c, p, kept, taps](const Tensor& dy) {
                    Device& device = dy.device();
                    Tensor dx;
                    if (x.requires_grad()) dx = Tensor::uninitialized(x.shape(), device);
                    Tensor dw = Tensor::uninitialized(weight.shape(), device);
                    Tensor dbias = Tensor::uninitialized(bias.shape(), device);
                    device.conv2d_relu_max_pool_grad(
                        c, p, x.value().data(), weight.value().data(), kept.data(), taps.data(),
                        dy.data(), dx.defined() ? dx.data() : nullptr, dw.data(), dbias.data());
                    x.add_grad(dx);
                    weight.add_grad(dw);
                    bias.add_grad(dbias);
                  });
}

}  // namespace tengen::nn
