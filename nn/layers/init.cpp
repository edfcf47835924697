#include "nn/layers/init.h"

#include <cmath>

#include "nn/base/check.h"

namespace tengen::nn {

Tensor normal(const Shape& shape, double deviation, Rng& rng) {
  std::vector<float> values(shape.size());
  for (float& value : values) value = static_cast<float>(deviation * rng.normal());
  return Tensor(shape, values);
}

Tensor truncated_normal(const Shape& shape, double deviation, Rng& rng) {
  std::vector<float> values(shape.size());
  for (float& value : values) {
    double drawn = rng.normal();
    while (std::abs(drawn) > 2.0) drawn = rng.normal();
    value = static_cast<float>(deviation * drawn);
  }
  return Tensor(shape, values);
}

Tensor uniform(const Shape& shape, double bound, Rng& rng) {
  std::vector<float> values(shape.size());
  for (float& value : values) value = static_cast<float>(bound * (2.0 * rng.uniform() - 1.0));
  return Tensor(shape, values);
}

Tensor he_normal(const Shape& shape, int64_t fan_in, Rng& rng) {
  CHECK(fan_in > 0);
  return normal(shape, std::sqrt(2.0 / static_cast<double>(fan_in)), rng);
}

Tensor he_uniform(const Shape& shape, int64_t fan_in, Rng& rng) {
  CHECK(fan_in > 0);
  return uniform(shape, std::sqrt(6.0 / static_cast<double>(fan_in)), rng);
}

Tensor xavier_normal(const Shape& shape, int64_t fan_in, int64_t fan_out, Rng& rng) {
  CHECK(fan_in + fan_out > 0);
  return normal(shape, std::sqrt(2.0 / static_cast<double>(fan_in + fan_out)), rng);
}

Tensor xavier_uniform(const Shape& shape, int64_t fan_in, int64_t fan_out, Rng& rng) {
  CHECK(fan_in + fan_out > 0);
  return uniform(shape, std::sqrt(6.0 / static_cast<double>(fan_in + fan_out)), rng);
}

Tensor filled(const Shape& shape, float value) {
  Tensor out(shape);
  out.fill(value);
  return out;
}

}  // namespace tengen::nn
