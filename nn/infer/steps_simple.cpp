// The steps that are not products: element by element, pooling, joining and cutting.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

class SimpleStep : public Step {
 public:
  SimpleStep(const Kernels& kernels, Operation operation, Places places)
      : kernels_(kernels), operation_(std::move(operation)), places_(std::move(places)) {}

  std::string text() const override {
    return operation_.name + (operation_.relu ? " + relu" : "") + " -> " + operation_.shape.text();
  }

  void run(const Frame& frame) const override {
    float* y = frame.write(places_.output);
    compute(frame, y);
    if (operation_.relu) kernels_.relu(size(), y, y);
  }

 protected:
  virtual void compute(const Frame& frame, float* y) const = 0;
  int64_t size() const { return operation_.shape.size(); }
  const float* input(const Frame& frame, size_t i) const { return frame.read(places_.inputs[i]); }

  const Kernels& kernels_;
  const Operation operation_;
  const Places places_;
};

class AffineStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

 private:
  void compute(const Frame& frame, float* y) const override {
    const int64_t columns = static_cast<int64_t>(operation_.weight.size());
    kernels_.scale_columns(columns > 0 ? size() / columns : 0, columns, input(frame, 0),
                           operation_.weight.data(), operation_.bias.data(), y);
  }
};

class UnaryStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

 private:
  void compute(const Frame& frame, float* y) const override {
    kernels_.element.unary(operation_.unary.kind, operation_.unary.parameter, size(),
                           input(frame, 0), y);
  }
};

class BinaryStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

 private:
  void compute(const Frame& frame, float* y) const override {
    const float *a = input(frame, 0), *b = input(frame, 1);
    const Broadcast& way = operation_.way;
    for (int64_t o = 0; o < way.outer; ++o)
      if (way.inner == 1) {
        kernels_.element.binary_with_one(operation_.binary, way.axis, a + o * way.axis, b[o],
                                         y + o * way.axis);
      } else {
        for (int64_t i = 0; i < way.axis; ++i) {
          const int64_t at = (o * way.axis + i) * way.inner;
          kernels_.element.binary(operation_.binary, way.inner, a + at, b + o * way.inner, y + at);
        }
      }
  }
};

// x [outer, axis, inner] -> y [outer, inner].
class PoolStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

 private:
  void compute(const Frame& frame, float* y) const override {
    const Broadcast& way = operation_.way;
    for (int64_t o = 0; o < way.outer; ++o)
      pool(input(frame, 0) + o * way.axis * way.inner, y + o * way.inner);
  }
  void pool(const float* x, float* y) const {
    const int64_t channels = operation_.way.inner, axis = operation_.way.axis;
    const bool mean = operation_.kind == Operation::Kind::kMeanPool;
    std::copy_n(x, channels, y);
    for (int64_t a = 1; a < axis; ++a) {
      x += channels;
      if (mean)
        kernels_.add(channels, y, x, y);
      else
        for (int64_t c = 0; c < channels; ++c) y[c] = std::max(y[c], x[c]);
    }
    if (mean)
      for (int64_t c = 0; c < channels; ++c) y[c] /= static_cast<float>(axis);
  }
};

class WindowStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

  // The taps of the maxima, which nobody reads.
  int64_t scratch_floats() const override { return maximum() ? size() : 0; }

 private:
  bool maximum() const { return operation_.kind == Operation::Kind::kWindowMax; }
  void compute(const Frame& frame, float* y) const override {
    if (maximum())
      fast_.max_pool(operation_.window, input(frame, 0), y,
                     reinterpret_cast<int32_t*>(frame.scratch));
    else
      fast_.average_pool(operation_.window, input(frame, 0), y);
  }

  Device& fast_ = cpu_device();
};

class ConcatStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

 private:
  void compute(const Frame& frame, float* y) const override {
    for (int64_t o = 0; o < operation_.way.outer; ++o)
      for (size_t i = 0; i < operation_.runs.size(); ++i) {
        const int64_t run = operation_.runs[i];
        y = std::copy_n(input(frame, i) + o * run, run, y);
      }
  }
};

class SliceStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

 private:
  void compute(const Frame& frame, float* y) const override {
    const float* x = input(frame, 0) + operation_.offset;
    for (int64_t o = 0; o < operation_.way.outer; ++o)
      y = std::copy_n(x + o * operation_.runs[0], operation_.runs[1], y);
  }
};

}  // namespace

std::unique_ptr<Step> make_simple_step(const Kernels& kernels, Operation operation, Places places) {
  using Kind = Operation::Kind;
  const auto make = [&]<class S>() -> std::unique_ptr<Step> {
    return std::make_unique<S>(kernels, std::move(operation), std::move(places));
  };
  switch (operation.kind) {
    case Kind::kAffine:
      return make.operator()<AffineStep>();
    case Kind::kUnary:
      return make.operator()<UnaryStep>();
    case Kind::kBinary:
      return make.operator()<BinaryStep>();
    case Kind::kMeanPool:
    case Kind::kMaxPool:
      return make.operator()<PoolStep>();
    case Kind::kWindowMean:
    case Kind::kWindowMax:
      return make.operator()<WindowStep>();
    case Kind::kConcat:
      return make.operator()<ConcatStep>();
    case Kind::kSlice:
      return make.operator()<SliceStep>();
    case Kind::kProduct:
      break;
  }
  return make_product_step(kernels, std::move(operation), std::move(places));
}

}  // namespace tengen::nn
