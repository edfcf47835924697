// CudaDevice: the optimisers, each one pass over its arrays. Rules as in
// nn/cpu/reference_optimizers.cpp.
#include <cmath>

#include "nn/cuda/cuda_device.h"
#include "nn/cuda/elements.h"

namespace tengen::nn {
namespace {

struct Sgd {
  static constexpr int kInputs = 3, kOutputs = 2;
  Device::SgdStep s;
  __device__ void operator()(const float* in, float* out) const {
    const float weight = in[2], g = in[0] + s.weight_decay * weight;
    const float velocity = s.momentum * in[1] + g;
    out[0] = velocity;
    out[1] = weight - s.learning_rate * (s.nesterov ? g + s.momentum * velocity : velocity);
  }
};

struct Adam {
  static constexpr int kInputs = 4, kOutputs = 3;
  Device::AdamStep s;
  float first_unbias, second_unbias, l2, decay;
  __device__ void operator()(const float* in, float* out) const {
    const float weight = in[3], g = in[0] + l2 * weight;
    const float first = s.beta1 * in[1] + (1.0f - s.beta1) * g;
    const float second = s.beta2 * in[2] + (1.0f - s.beta2) * g * g;
    const float direction = first * first_unbias / (sqrtf(second * second_unbias) + s.epsilon);
    out[0] = first;
    out[1] = second;
    out[2] = weight - s.learning_rate * (direction + decay * weight);
  }
};

struct Adagrad {
  static constexpr int kInputs = 3, kOutputs = 2;
  Device::AdagradStep s;
  __device__ void operator()(const float* in, float* out) const {
    const float weight = in[2], g = in[0] + s.weight_decay * weight;
    const float squares = in[1] + g * g;
    out[0] = squares;
    out[1] = weight - s.learning_rate * g / (sqrtf(squares) + s.epsilon);
  }
};

// In: gradient, weight, squares, then means and velocity where they are; out the same but for the
// gradient.
template <bool kCentred, bool kMomentum>
struct Rmsprop {
  static constexpr int kInputs = 3 + kCentred + kMomentum, kOutputs = 2 + kCentred + kMomentum;
  Device::RmspropStep s;
  __device__ void operator()(const float* in, float* out) const {
    const float g = in[0] + s.weight_decay * in[1];
    const float squares = s.decay * in[2] + (1.0f - s.decay) * g * g;
    float variance = squares;
    if constexpr (kCentred) {
      const float mean = s.decay * in[3] + (1.0f - s.decay) * g;
      variance -= mean * mean;
      if (variance < 0.0f) variance = 0.0f;
      out[2] = mean;
    }
    float change = s.learning_rate * g / sqrtf(variance + s.epsilon);
    if constexpr (kMomentum) {
      change += s.momentum * in[3 + kCentred];
      out[2 + kCentred] = change;
    }
    out[0] = in[1] - change;
    out[1] = squares;
  }
};

}  // namespace

void CudaDevice::sgd(const SgdStep& s, int64_t n, const float* gradient, float* velocity,
                     float* weight) {
  map_elements(target_, n, Sgd{s}, {gradient, velocity, weight}, {velocity, weight});
}

void CudaDevice::adam(const AdamStep& s, int64_t n, const float* gradient, float* first,
                      float* second, float* weight) {
  const double step = static_cast<double>(s.step);
  const Adam rule{
      .s = s,
      .first_unbias = static_cast<float>(1.0 / (1.0 - std::pow(double{s.beta1}, step))),
      .second_unbias = static_cast<float>(1.0 / (1.0 - std::pow(double{s.beta2}, step))),
      .l2 = s.coupled ? s.weight_decay : 0.0f,
      .decay = s.coupled ? 0.0f : s.weight_decay};
  map_elements(target_, n, rule, {gradient, first, second, weight}, {first, second, weight});
}

void CudaDevice::adagrad(const AdagradStep& s, int64_t n, const float* gradient, float* squares,
                         float* weight) {
  map_elements(target_, n, Adagrad{s}, {gradient, squares, weight}, {squares, weight});
}

void CudaDevice::rmsprop(const RmspropStep& s, int64_t n, const float* gradient, float* squares,
                         float* means, float* velocity, float* weight) {
  if (means && velocity)
    map_elements(target_, n, Rmsprop<true, true>{s}, {gradient, weight, squares, means, velocity},
                 {weight, squares, means, velocity});
  else if (means)
    map_elements(target_, n, Rmsprop<true, false>{s}, {gradient, weight, squares, means},
                 {weight, squares, means});
  else if (velocity)
    map_elements(target_, n, Rmsprop<false, true>{s}, {gradient, weight, squares, velocity},
                 {weight, squares, velocity});
  else
    map_elements(target_, n, Rmsprop<false, false>{s}, {gradient, weight, squares},
                 {weight, squares});
}

}  // namespace tengen::nn
