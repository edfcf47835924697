#include "nn/tensor_math.h"

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

void binary_into(Binary op, const Tensor& a, const Tensor& b, const Broadcast& way, Tensor& y) {
  Device& device = a.device();
  const int64_t n = a.size();
  if (way.outer == 1) {
    device.binary(op, n, a.data(), b.data(), way.inner, 1, y.data());
  } else if (way.inner == 1) {
    device.binary(op, n, a.data(), b.data(), way.outer, way.axis, y.data());
  } else {
    const int64_t block = way.axis * way.inner;
    for (int64_t o = 0; o < way.outer; ++o)
      device.binary(op, block, a.data() + o * block, b.data() + o * way.inner, way.inner, 1,
                    y.data() + o * block);
  }
}

}  // namespace

Tensor unary(UnaryOp op, const Tensor& x) {
  Tensor y = Tensor::uninitialized(x.shape(), x.device());
  x.device().unary(op, x.size(), x.data(), y.data());
  return y;
}

Tensor binary(Binary op, const Tensor& a, const Tensor& b) {
  CHECK((b.size() == a.size() || b.size() == 1));
  return binary(op, a, b, {1, b.size() == 1 ? a.size() : 1, b.size()});
}

Tensor binary(Binary op, const Tensor& a, const Tensor& b, const Broadcast& broadcast) {
  Tensor y = Tensor::uninitialized(a.shape(), a.device());
  binary_into(op, a, b, broadcast, y);
  return y;
}

void add_in_place(Tensor& y, const Tensor& b, const Broadcast& broadcast) {
  binary_into(Binary::kAdd, y, b, broadcast, y);
}

Tensor scaled(const Tensor& x, float factor) {
  Tensor y = Tensor::uninitialized(x.shape(), x.device());
  x.device().repeat_axis(1, 1, x.size(), factor, x.data(), y.data());
  return y;
}

Tensor sum_over(const Tensor& x, const Broadcast& broadcast, Shape result) {
  Tensor y = Tensor::uninitialized(std::move(result), x.device());
  CHECK(y.size() == broadcast.outer * broadcast.inner);
  x.device().sum_axis(broadcast.outer, broadcast.axis, broadcast.inner, x.data(), y.data());
  return y;
}

Tensor sum_of_all(const Tensor& x) { return sum_over(x, {1, x.size(), 1}, Shape{}); }

void wrong_shape(const char* op, const std::string& expected, const Shape& came) {
  throw CheckFailure(std::string(op) + ": expected " + expected + ", got " + came.text());
}

}  // namespace tengen::nn
