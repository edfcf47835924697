#include "nn/layers/init.h"

#include <cmath>

#include "nn/base/check.h"

namespace tengen::nn {

Tensor he_normal(const Shape& shape, int64_t fan_in, Rng& rng) {
  CHECK(fan_in > 0);
  const double deviation = std::sqrt(2.0 / static_cast<double>(fan_in));
  std::vector<float> values(shape.size());
  for (float& value : values) value = static_cast<float>(deviation * rng.normal());
  return Tensor(shape, values);
}

Tensor xavier_uniform(const Shape& shape, int64_t fan_in, int64_t fan_out, Rng& rng) {
  CHECK(fan_in + fan_out > 0);
  const double bound = std::sqrt(6.0 / static_cast<double>(fan_in + fan_out));
  std::vector<float> values(shape.size());
  for (float& value : values) value = static_cast<float>(bound * (2.0 * rng.uniform() - 1.0));
  return Tensor(shape, values);
}

Tensor filled(const Shape& shape, float value) {
  Tensor out(shape);
  out.fill(value);
  return out;
}

}  // namespace tengen::nn
