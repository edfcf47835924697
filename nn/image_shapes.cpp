#include "nn/image_shapes.h"

#include <string>

#include "nn/base/check.h"
#include "nn/precision.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

void check_ways(const PerAxis& stride, const PerAxis& padding, const PerAxis& dilation,
                int64_t groups) {
  CHECK(stride.h >= 1);
  CHECK(stride.w >= 1);
  CHECK(padding.h >= 0);
  CHECK(padding.w >= 0);
  CHECK(dilation.h >= 1);
  CHECK(dilation.w >= 1);
  CHECK(groups >= 1);
}

}  // namespace

Conv2dShape conv2d_shape(const Shape& x, const Shape& w, const Shape* bias,
                         const Conv2dOptions& options) {
  check_ways(options.stride, options.padding, options.dilation, options.groups);
  if (x.rank() != 4) wrong_shape("conv2d", "x [N,H,W,C]", x);
  if (x[3] % options.groups != 0)
    wrong_shape("conv2d", "channels that " + std::to_string(options.groups) + " groups divide", x);
  const std::string in = std::to_string(x[3] / options.groups);
  if (w.rank() != 4 || w[2] * options.groups != x[3])
    wrong_shape("conv2d", "weight [kh,kw," + in + ",K]", w);
  if (w[3] % options.groups != 0)
    wrong_shape("conv2d", "outputs that " + std::to_string(options.groups) + " groups divide", w);
  const Conv2dShape shape{.n = x[0],
                          .height = x[1],
                          .width = x[2],
                          .in = x[3],
                          .out = w[3],
                          .kernel_h = w[0],
                          .kernel_w = w[1],
                          .stride = options.stride,
                          .padding = options.padding,
                          .dilation = options.dilation,
                          .groups = options.groups,
                          .precision = product_precision()};
  if (w[0] < 1 || w[1] < 1 || options.dilation.h * (w[0] - 1) >= x[1] + 2 * options.padding.h ||
      options.dilation.w * (w[1] - 1) >= x[2] + 2 * options.padding.w)
    wrong_shape("conv2d", "an image at least as large as the kernel " + w.text(), x);
  if (bias && *bias != Shape{shape.out})
    wrong_shape("conv2d", "bias " + Shape{shape.out}.text(), *bias);
  return shape;
}

Conv2dShape conv_transpose2d_shape(const Shape& x, const Shape& w, const Shape* bias,
                                   const ConvTranspose2dOptions& options) {
  check_ways(options.stride, options.padding, options.dilation, options.groups);
  const PerAxis& more = options.output_padding;
  CHECK(more.h >= 0);
  CHECK(more.w >= 0);
  CHECK(more.h < options.stride.h);
  CHECK(more.w < options.stride.w);
  if (x.rank() != 4) wrong_shape("conv_transpose2d", "x [N,H,W,C]", x);
  if (w.rank() != 4 || w[3] != x[3] || w[0] < 1 || w[1] < 1)
    wrong_shape("conv_transpose2d", "weight [kh,kw,K," + std::to_string(x[3]) + "]", w);
  if (w[3] % options.groups != 0)
    wrong_shape("conv_transpose2d",
                "channels that " + std::to_string(options.groups) + " groups divide", x);
  const auto grown = [](int64_t size, int64_t stride, int64_t padding, int64_t reach,
                        int64_t extra) {
    return (size - 1) * stride - 2 * padding + reach + extra + 1;
  };
  const Conv2dShape shape{.n = x[0],
                          .height = grown(x[1], options.stride.h, options.padding.h,
                                          options.dilation.h * (w[0] - 1), more.h),
                          .width = grown(x[2], options.stride.w, options.padding.w,
                                         options.dilation.w * (w[1] - 1), more.w),
                          .in = w[2] * options.groups,
                          .out = x[3],
                          .kernel_h = w[0],
                          .kernel_w = w[1],
                          .stride = options.stride,
                          .padding = options.padding,
                          .dilation = options.dilation,
                          .groups = options.groups,
                          .precision = product_precision()};
  if (x[1] < 1 || x[2] < 1 || shape.height < 1 || shape.width < 1)
    wrong_shape("conv_transpose2d", "an image larger than what the padding takes away", x);
  if (bias && *bias != Shape{shape.in})
    wrong_shape("conv_transpose2d", "bias " + Shape{shape.in}.text(), *bias);
  return shape;
}

Pool2dShape pool2d_shape(const char* op, const Shape& x, const Pool2dOptions& options) {
  const PerAxis stride = options.stride.value_or(options.kernel);
  for (const int64_t size : {options.kernel.h, options.kernel.w, stride.h, stride.w})
    CHECK(size >= 1);
  CHECK(options.padding.h >= 0);
  CHECK(options.padding.w >= 0);
  CHECK(2 * options.padding.h <= options.kernel.h);
  CHECK(2 * options.padding.w <= options.kernel.w);
  if (x.rank() != 4) wrong_shape(op, "x [N,H,W,C]", x);
  if (x[1] < 1 || x[2] < 1 || x[1] + 2 * options.padding.h < options.kernel.h ||
      x[2] + 2 * options.padding.w < options.kernel.w)
    wrong_shape(op,
                "an image at least as large as the window " +
                    Shape{options.kernel.h, options.kernel.w}.text(),
                x);
  return {x[0], x[1], x[2], x[3], options.kernel, stride, options.padding, options.count_padding};
}

}  // namespace tengen::nn
