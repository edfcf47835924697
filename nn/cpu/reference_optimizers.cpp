// The update rules of the optimisers, as published.
#include <algorithm>
#include <cmath>

#include "nn/cpu/reference_device.h"

namespace tengen::nn {

void ReferenceDevice::sgd(const SgdStep& s, int64_t n, const float* gradient, float* velocity,
                          float* weight) {
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i] + s.weight_decay * weight[i];
    velocity[i] = s.momentum * velocity[i] + g;
    weight[i] -= s.learning_rate * (s.nesterov ? g + s.momentum * velocity[i] : velocity[i]);
  }
}

// Kingma and Ba 2015, algorithm 1; both places of the decay: Loshchilov and Hutter 2019,
// algorithm 2.
void ReferenceDevice::adam(const AdamStep& s, int64_t n, const float* gradient, float* first,
                           float* second, float* weight) {
  const double step = static_cast<double>(s.step);
  const float first_unbias = static_cast<float>(1.0 / (1.0 - std::pow(double{s.beta1}, step)));
  const float second_unbias = static_cast<float>(1.0 / (1.0 - std::pow(double{s.beta2}, step)));
  const float l2 = s.coupled ? s.weight_decay : 0.0f;
  const float decay = s.coupled ? 0.0f : s.weight_decay;
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i] + l2 * weight[i];
    first[i] = s.beta1 * first[i] + (1.0f - s.beta1) * g;
    second[i] = s.beta2 * second[i] + (1.0f - s.beta2) * g * g;
    const float direction =
        first[i] * first_unbias / (std::sqrt(second[i] * second_unbias) + s.epsilon);
    weight[i] -= s.learning_rate * (direction + decay * weight[i]);
  }
}

// Duchi, Hazan and Singer 2011, figure 1 with diagonal matrices.
void ReferenceDevice::adagrad(const AdagradStep& s, int64_t n, const float* gradient,
                              float* squares, float* weight) {
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i] + s.weight_decay * weight[i];
    squares[i] += g * g;
    weight[i] -= s.learning_rate * g / (std::sqrt(squares[i]) + s.epsilon);
  }
}

// Graves 2013, equations 38 to 41. Rounding may leave squares - means^2 a little below zero.
void ReferenceDevice::rmsprop(const RmspropStep& s, int64_t n, const float* gradient,
                              float* squares, float* means, float* velocity, float* weight) {
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i] + s.weight_decay * weight[i];
    squares[i] = s.decay * squares[i] + (1.0f - s.decay) * g * g;
    float variance = squares[i];
    if (means) {
      means[i] = s.decay * means[i] + (1.0f - s.decay) * g;
      variance = std::max<float>(variance - means[i] * means[i], 0);
    }
    float change = s.learning_rate * g / std::sqrt(variance + s.epsilon);
    if (velocity) change = velocity[i] = s.momentum * velocity[i] + change;
    weight[i] -= change;
  }
}

}  // namespace tengen::nn
