#include "nn/tensor.h"

#include <algorithm>
#include <ostream>

#include "nn/base/check.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

size_t bytes_of(int64_t floats) { return static_cast<size_t>(floats) * sizeof(float); }

}  // namespace

Shape::Shape(std::span<const int64_t> dims) : rank_(static_cast<int>(dims.size())) {
  CHECK(dims.size() <= kMaxRank);
  std::copy(dims.begin(), dims.end(), dims_.begin());
}

int Shape::checked(int axis) const {
  const int at = axis < 0 ? axis + rank() : axis;
  CHECK(0 <= at);
  CHECK(at < rank());
  return at;
}

int64_t Shape::size() const {
  int64_t product = 1;
  for (int64_t dim : *this) product *= dim;
  return product;
}

Shape Shape::with(int axis, int64_t length) const {
  Shape out = *this;
  out.dims_[checked(axis)] = length;
  return out;
}

std::string Shape::text() const {
  std::string out = "[";
  for (int i = 0; i < rank_; ++i) {
    if (i > 0) out += ',';
    out += std::to_string(dims_[i]);
  }
  return out + "]";
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.text(); }

Tensor Tensor::uninitialized(Shape shape, Device& device) {
  for (int64_t dim : shape) CHECK(dim >= 0);
  Tensor out;
  out.storage_ = device.allocate(bytes_of(shape.size()));
  out.shape_ = std::move(shape);
  out.device_ = &device;
  return out;
}

Tensor::Tensor(Shape shape, Device& device) : Tensor(uninitialized(std::move(shape), device)) {
  fill(0.0f);
}

Tensor::Tensor(Shape shape) : Tensor(std::move(shape), cpu_device()) {}

Tensor::Tensor(Shape shape, std::span<const float> values)
    : Tensor(std::move(shape), values, cpu_device()) {}

Tensor::Tensor(Shape shape, std::span<const float> values, Device& device)
    : Tensor(uninitialized(std::move(shape), device)) {
  CHECK(size() == static_cast<int64_t>(values.size()));
  device_->copy_from_host(storage_.get(), values.data(), values.size_bytes());
}

Tensor Tensor::clone() const {
  CHECK(defined());
  Tensor out = uninitialized(shape_, *device_);
  device_->copy_blocks(1, size(), data(), size(), out.data(), size());
  return out;
}

Tensor Tensor::to(Device& device) const {
  if (!defined() || device_ == &device) return *this;
  Tensor out = uninitialized(shape_, device);
  out.copy_from(*this);
  return out;
}

Tensor Tensor::reshape(Shape shape) const {
  if (shape.size() != size())
    throw CheckFailure("reshape: " + shape_.text() + " has not as many elements as " +
                       shape.text());
  Tensor out = *this;
  out.shape_ = std::move(shape);
  return out;
}

Tensor Tensor::view(int64_t offset, Shape shape) const {
  CHECK(defined());
  CHECK(0 <= offset);
  CHECK(offset + shape.size() <= size());
  Tensor out;
  out.storage_ = std::shared_ptr<void>(storage_, static_cast<float*>(storage_.get()) + offset);
  out.shape_ = std::move(shape);
  out.device_ = device_;
  return out;
}

void Tensor::fill(float value) {
  CHECK(defined());
  device_->fill(size(), value, data());
}

void Tensor::copy_from(const Tensor& other) {
  CHECK(defined());
  CHECK(other.defined());
  CHECK(size() == other.size());
  if (device_ == other.device_) {
    device_->copy_blocks(1, size(), other.data(), size(), data(), size());
  } else {
    const std::vector<float> values = other.to_vector();
    device_->copy_from_host(data(), values.data(), bytes_of(size()));
  }
}

float Tensor::item() const {
  CHECK(defined());
  CHECK(size() == 1);
  float value = 0.0f;
  device_->copy_to_host(&value, data(), sizeof value);
  return value;
}

std::vector<float> Tensor::to_vector() const {
  CHECK(defined());
  std::vector<float> values(size());
  device_->copy_to_host(values.data(), data(), bytes_of(size()));
  return values;
}

}  // namespace tengen::nn
