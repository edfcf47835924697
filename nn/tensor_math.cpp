#include "nn/tensor_math.h"

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

bool begins_with(const Shape& shape, const Shape& start) {
  return start.rank() <= shape.rank() && std::equal(start.begin(), start.end(), shape.begin());
}

bool ends_with(const Shape& shape, const Shape& end) {
  return end.rank() <= shape.rank() && std::equal(end.begin(), end.end(), shape.end() - end.rank());
}

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

Broadcast broadcast_of(const char* op, const Shape& a, const Shape& b) {
  const int64_t n = a.size(), nb = b.size();
  if (a == b) return {1, 1, n};
  if (a.rank() == 4 && b.rank() == 2) {
    if (a[0] == b[0] && a[3] == b[1]) return {a[0], a[1] * a[2], a[3]};
  } else if (ends_with(a, b)) {
    return {1, nb > 0 ? n / nb : 1, nb};
  } else if (begins_with(a, b)) {
    return {nb, nb > 0 ? n / nb : 1, 1};
  }
  wrong_shape(op, "b of the shape of a, a suffix or prefix of it, or [N,C] where a is " + a.text(),
              b);
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

void check_same_device(const char* what, const Tensor& a, const Tensor& b) {
  if (&a.device() == &b.device()) return;
  throw CheckFailure(std::string(what) + " lie on different devices: " + a.device().name() +
                     " and " + b.device().name());
}

void wrong_shape(const char* op, const std::string& expected, const Shape& came) {
  throw CheckFailure(std::string(op) + ": expected " + expected + ", got " + came.text());
}

}  // namespace tengen::nn
