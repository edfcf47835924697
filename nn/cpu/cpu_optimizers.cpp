// CpuDevice's update rules: ranges of the flat buffers in parallel.
#include <cmath>

#include "nn/base/parallel.h"
#include "nn/cpu/cpu_device.h"

namespace tengen::nn {
namespace {

constexpr int64_t kGrain = 32 * 1024;  // weights

// The part of a state that begins at weight i; there may be none.
float* from(float* state, int64_t i) { return state ? state + i : nullptr; }

}  // namespace

void CpuDevice::sgd(const SgdStep& s, int64_t n, const float* gradient, float* velocity,
                    float* weight) {
  parallel_ranges(n, kGrain, [&](int64_t i, int64_t end) {
    kernels_.sgd(end - i, s.learning_rate, s.momentum, s.weight_decay, s.nesterov, gradient + i,
                 velocity + i, weight + i);
  });
}

void CpuDevice::adam(const AdamStep& s, int64_t n, const float* gradient, float* first,
                     float* second, float* weight) {
  const double step = static_cast<double>(s.step);
  const double first_unbias = 1.0 / (1.0 - std::pow(double{s.beta1}, step));
  const float second_unbias = static_cast<float>(1.0 / (1.0 - std::pow(double{s.beta2}, step)));
  const float step_size = static_cast<float>(s.learning_rate * first_unbias);
  const float l2 = s.coupled ? s.weight_decay : 0.0f;
  const float decay = s.coupled ? 0.0f : s.learning_rate * s.weight_decay;
  parallel_ranges(n, kGrain, [&](int64_t i, int64_t end) {
    kernels_.adam(end - i, s.beta1, s.beta2, step_size, second_unbias, s.epsilon, l2, decay,
                  gradient + i, first + i, second + i, weight + i);
  });
}

void CpuDevice::adagrad(const AdagradStep& s, int64_t n, const float* gradient, float* squares,
                        float* weight) {
  parallel_ranges(n, kGrain, [&](int64_t i, int64_t end) {
    kernels_.adagrad(end - i, s.learning_rate, s.epsilon, s.weight_decay, gradient + i, squares + i,
                     weight + i);
  });
}

void CpuDevice::rmsprop(const RmspropStep& s, int64_t n, const float* gradient, float* squares,
                        float* means, float* velocity, float* weight) {
  parallel_ranges(n, kGrain, [&](int64_t i, int64_t end) {
    kernels_.rmsprop(end - i, s.learning_rate, s.decay, s.epsilon, s.momentum, s.weight_decay,
                     gradient + i, squares + i, from(means, i), from(velocity, i), weight + i);
  });
}

}  // namespace tengen::nn
