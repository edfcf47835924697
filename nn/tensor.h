// Shape and Tensor: a contiguous row-major block of floats on one device.
//
// Copies of a Tensor share storage; clone() does not. Images are channels-last, [N,H,W,C].
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tengen::nn {

class Device;

// The sizes of the axes. Held inline, so that a Shape costs no memory elsewhere.
class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<int64_t> dims) : Shape(std::span(dims.begin(), dims.size())) {}
  explicit Shape(std::span<const int64_t> dims);

  int rank() const { return rank_; }
  // Negative axes count from the end.
  int64_t operator[](int axis) const { return dims_[checked(axis)]; }
  int64_t size() const;                        // product of all; 1 for a scalar
  Shape with(int axis, int64_t length) const;  // the same but for one axis
  const int64_t* begin() const { return dims_.data(); }
  const int64_t* end() const { return begin() + rank_; }
  // A copy, to make another shape of; allocates.
  std::vector<int64_t> dims() const { return {begin(), end()}; }
  std::string text() const;  // "[32,9,9,64]"
  bool operator==(const Shape&) const = default;

 private:
  int checked(int axis) const;
  std::array<int64_t, kMaxRank> dims_{};  // beyond the rank: 0
  int rank_ = 0;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape);

class Tensor {
 public:
  Tensor() = default;                                  // empty: defined() is false
  explicit Tensor(Shape shape, Device& device);        // zeros
  explicit Tensor(Shape shape);                        // zeros on cpu_device()
  Tensor(Shape shape, std::span<const float> values);  // on cpu_device()
  Tensor(Shape shape, std::span<const float> values, Device& device);
  // For results that are overwritten anyway: saves a pass over memory.
  static Tensor uninitialized(Shape shape, Device& device);

  bool defined() const { return storage_ != nullptr; }
  const Shape& shape() const { return shape_; }
  int64_t size() const { return shape_.size(); }
  Device& device() const { return *device_; }

  // Device memory. On the CPU devices also host memory.
  float* data() { return static_cast<float*>(storage_.get()); }
  const float* data() const { return static_cast<const float*>(storage_.get()); }
  std::span<float> values() { return {data(), static_cast<size_t>(size())}; }
  std::span<const float> values() const { return {data(), static_cast<size_t>(size())}; }

  Tensor clone() const;
  Tensor to(Device& device) const;    // a copy there; where it lies there already, itself
  Tensor reshape(Shape shape) const;  // same storage, same size
  // The elements from `offset` on, in the same storage: parameters in an optimiser's flat buffer.
  Tensor view(int64_t offset, Shape shape) const;
  // Nobody else holds the storage, so that it may be reused in place.
  bool unique() const { return storage_.use_count() == 1; }
  void fill(float value);
  void copy_from(const Tensor& other);  // values, from any device; same size
  float item() const;                   // the only element
  std::vector<float> to_vector() const;

 private:
  Shape shape_;
  Device* device_ = nullptr;
  std::shared_ptr<void> storage_;
};

}  // namespace tengen::nn
