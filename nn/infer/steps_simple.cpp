// The steps that are neither products nor recurrent.
#include <algorithm>
#include <utility>

#include "nn/base/check.h"
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

 protected:
  void finish(float* y) const {
    if (operation_.relu) kernels_.relu(operation_.shape.size(), y, y);
  }

  const Kernels& kernels_;
  const Operation operation_;
  const Places places_;
};

class AffineStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

  void run(const Frame& frame) const override {
    const int64_t columns = static_cast<int64_t>(operation_.weight.size());
    float* y = frame.write(places_.output);
    kernels_.scale_columns(columns > 0 ? operation_.shape.size() / columns : 0, columns,
                           frame.read(places_.inputs[0]), operation_.weight.data(),
                           operation_.bias.data(), y);
    finish(y);
  }
};

class BinaryStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

  void run(const Frame& frame) const override {
    const float *a = frame.read(places_.inputs[0]), *b = frame.read(places_.inputs[1]);
    float* y = frame.write(places_.output);
    const Broadcast& way = operation_.way;
    for (int64_t o = 0; o < way.outer; ++o) {
      const int64_t at = o * way.axis * way.inner;
      meet(a + at, b + o * way.inner, y + at);
    }
    finish(y);
  }

 private:
  // a [axis, inner] and b [inner].
  void meet(const float* a, const float* b, float* y) const {
    const int64_t axis = operation_.way.axis, inner = operation_.way.inner;
    if (inner == 1) return kernels_.element.binary_with_one(operation_.binary, axis, a, *b, y);
    for (int64_t at = 0; at < axis * inner; at += inner)
      kernels_.element.binary(operation_.binary, inner, a + at, b, y + at);
  }
};

class WholeImagesStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

  void run(const Frame& frame) const override {
    const auto [images, points, channels] = operation_.way;
    const float* x = frame.read(places_.inputs[0]);
    float* y = frame.write(places_.output);
    for (int64_t n = 0; n < images; ++n, x += points * channels, y += channels) {
      std::copy_n(x, channels, y);
      if (operation_.binary == Binary::kAdd)
        mean(points, channels, x, y);
      else
        for (int64_t p = 1; p < points; ++p)
          kernels_.element.binary(operation_.binary, channels, y, x + p * channels, y);
    }
  }

 private:
  void mean(int64_t points, int64_t channels, const float* x, float* y) const {
    for (int64_t p = 1; p < points; ++p) kernels_.add(channels, y, x + p * channels, y);
    for (int64_t c = 0; c < channels; ++c) y[c] /= static_cast<float>(points);
  }
};

class CallStep : public SimpleStep {
 public:
  using SimpleStep::SimpleStep;

  void run(const Frame& frame) const override { operation_.body({device_, frame, places_}); }
  int64_t scratch_floats() const override { return operation_.scratch_floats; }

 private:
  Device& device_ = cpu_device();  // made here: its first use allocates
};

}  // namespace

const int32_t* Arguments::whole_numbers(const char* op, size_t i, int64_t count,
                                        int64_t limit) const {
  int32_t* const to = whole_scratch();
  const int64_t right = device.to_indices(count, limit, in(i), to);
  if (right < count)
    throw CheckFailure(std::string(op) + ": " + std::to_string(in(i)[right]) + " at place " +
                       std::to_string(right) + " of its input " + std::to_string(i) +
                       " is no whole number in [0," + std::to_string(limit) + ")");
  return to;
}

std::unique_ptr<Step> make_step(const Kernels& kernels, Operation operation, Places places) {
  switch (operation.kind) {
    case Operation::Kind::kProduct:
      return make_product_step(kernels, std::move(operation), std::move(places));
    case Operation::Kind::kPooled:
      return make_pooled_step(kernels, std::move(operation), std::move(places));
    case Operation::Kind::kRecurrent:
      return make_recurrent_step(kernels, std::move(operation), std::move(places));
    case Operation::Kind::kAffine:
      return std::make_unique<AffineStep>(kernels, std::move(operation), std::move(places));
    case Operation::Kind::kBinary:
      return std::make_unique<BinaryStep>(kernels, std::move(operation), std::move(places));
    case Operation::Kind::kWholeImages:
      return std::make_unique<WholeImagesStep>(kernels, std::move(operation), std::move(places));
    case Operation::Kind::kChain:  // Program makes those, which know the operands
    case Operation::Kind::kFeed:
    case Operation::Kind::kCall:
      break;
  }
  return std::make_unique<CallStep>(kernels, std::move(operation), std::move(places));
}

}  // namespace tengen::nn
