#include "nn/base/rng.h"

#include <cmath>
#include <numbers>

#include "nn/base/check.h"

namespace tengen {

double Rng::normal() {
  const double u = 1.0 - uniform();  // in (0, 1], so that the logarithm is finite
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * uniform());
}

double Rng::gamma(double shape) {
  CHECK(shape > 0.0);
  if (shape < 1.0) return gamma(shape + 1.0) * std::pow(1.0 - uniform(), 1.0 / shape);
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal();
    const double v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
    if (v <= 0.0) continue;
    if (std::log(1.0 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

void Rng::dirichlet(double alpha, std::span<float> out) {
  double sum = 0.0;
  for (float& x : out) {
    x = static_cast<float>(gamma(alpha));
    sum += x;
  }
  // All draws can underflow for a tiny alpha; the limit is then one point taken at random.
  if (sum <= 0.0 && !out.empty()) {
    out[below(static_cast<uint32_t>(out.size()))] = 1.0f;
    sum = 1.0;
  }
  for (float& x : out) x = static_cast<float>(x / sum);
}

int Rng::pick(std::span<const float> weights) {
  double sum = 0.0;
  for (float w : weights) sum += w;
  CHECK(sum > 0.0);
  double left = uniform() * sum;
  int last = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0.0f) continue;
    last = static_cast<int>(i);
    left -= weights[i];
    if (left < 0.0) break;
  }
  return last;
}

}  // namespace tengen
