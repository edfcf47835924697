// Convolutions and matrix products. With weights that are parameters they are packed once; a
// product of two computed values is a call of the device.
#include <algorithm>
#include <vector>

#include "nn/image_shapes.h"
#include "nn/infer/folder.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

// The product's bias, if node i has one: its third input.
void add_bias(const Arguments& at, bool bias, int64_t rows, int64_t columns) {
  if (bias)
    at.device.binary(Binary::kAdd, rows * columns, at.out(), at.in(2), columns, 1, at.out());
}
bool has_bias(const Folder& to, int i) { return to.node(i).inputs.size() > 2; }

Operation& emit_product(Folder& to, int i, const Conv2dShape& conv) {
  Operation& o = to.emit(i, Operation::Kind::kProduct, {to.input(i, 0)});
  o.conv = conv;
  o.weight = to.constant(i, 1);
  o.bias = has_bias(to, i) ? to.constant(i, 2) : std::vector<float>(conv.out);
  return o;
}

void fold_conv2d(Folder& to, int i) {
  Conv2dShape s = conv2d_shape(to.input_shape(i, 0), to.input_shape(i, 1), nullptr,
                               {.stride = to.per_axis(i, "stride"),
                                .padding = to.per_axis(i, "padding"),
                                .dilation = to.per_axis(i, "dilation"),
                                .groups = to.whole(i, "groups")});
  s.precision = Precision::kFloat32;
  if (to.constants_from(i, 1)) {
    emit_product(to, i, s);
    return;
  }
  to.call(i, [s, bias = has_bias(to, i)](const Arguments& at) {
    at.device.conv2d(s, at.in(0), at.in(1), at.out());
    add_bias(at, bias, s.n * s.out_height() * s.out_width(), s.out);
  });
}

void fold_conv_transpose2d(Folder& to, int i) {
  Conv2dShape s = conv_transpose2d_shape(to.input_shape(i, 0), to.input_shape(i, 1), nullptr,
                                         {.stride = to.per_axis(i, "stride"),
                                          .padding = to.per_axis(i, "padding"),
                                          .output_padding = to.per_axis(i, "output_padding"),
                                          .dilation = to.per_axis(i, "dilation"),
                                          .groups = to.whole(i, "groups")});
  s.precision = Precision::kFloat32;
  to.call(i, [s, bias = has_bias(to, i)](const Arguments& at) {
    at.device.conv2d_grad_input(s, at.in(0), at.in(1), at.out());
    add_bias(at, bias, s.n * s.height * s.width, s.in);
  });
}

// linear and matmul: x [...,in], weight [in,out].
void fold_linear(Folder& to, int i) {
  const Shape& w = to.input_shape(i, 1);
  const int64_t rows = to.shape(i).size() / std::max<int64_t>(1, w[1]);
  if (to.constants_from(i, 1)) {
    emit_product(to, i, {1, rows, 1, w[0], w[1], 1, 1, 1, 0});
    return;
  }
  const GemmShape s{.m = rows, .n = w[1], .k = w[0], .lda = w[0], .ldb = w[1], .ldc = w[1]};
  to.call(i, [s, bias = has_bias(to, i)](const Arguments& at) {
    at.device.gemm(s, at.in(0), at.in(1), at.out());
    add_bias(at, bias, s.m, s.n);
  });
}

void fold_batch_matmul(Folder& to, int i) {
  const Shape &a = to.input_shape(i, 0), &b = to.input_shape(i, 1), &c = to.shape(i);
  const bool transpose_a = to.whole(i, "transpose_a") != 0;
  const GemmShape s{.transpose_a = transpose_a,
                    .transpose_b = to.whole(i, "transpose_b") != 0,
                    .m = c[1],
                    .n = c[2],
                    .k = transpose_a ? a[1] : a[2],
                    .lda = a[2],
                    .ldb = b[2],
                    .ldc = c[2]};
  to.call(i, [s, batch = c[0]](const Arguments& at) {
    at.device.gemm_batch(s, batch, at.in(0), s.m * s.k, at.in(1), s.k * s.n, at.out(), s.m * s.n);
  });
}

}  // namespace

void fold_products(FoldTable& table) {
  table["conv2d"] = fold_conv2d;
  table["conv_transpose2d"] = fold_conv_transpose2d;
  table["linear"] = fold_linear;
  table["matmul"] = fold_linear;
  table["batch_matmul"] = fold_batch_matmul;
}

}  // namespace tengen::nn
