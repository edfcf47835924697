#include <Eigen/QR>

#include "nn/base/check.h"
#include "nn/layers/init.h"

namespace tengen::nn {

// Q of a normal matrix, whose columns are signed by R's diagonal so that every Q is as likely as
// any other (Mezzadri 2007, "How to generate random matrices from the classical compact groups").
Tensor orthogonal(const Shape& shape, double gain, Rng& rng) {
  CHECK(shape.rank() >= 2);
  CHECK(shape[-1] > 0);
  const int64_t columns = shape[-1], rows = shape.size() / columns;
  const int64_t longer = std::max(rows, columns), shorter = std::min(rows, columns);
  Eigen::MatrixXd drawn(longer, shorter);
  for (int64_t r = 0; r < longer; ++r)
    for (int64_t c = 0; c < shorter; ++c) drawn(r, c) = rng.normal();
  const Eigen::HouseholderQR<Eigen::MatrixXd> factors(drawn);
  Eigen::MatrixXd q = factors.householderQ() * Eigen::MatrixXd::Identity(longer, shorter);
  for (int64_t c = 0; c < shorter; ++c)
    if (factors.matrixQR()(c, c) < 0.0) q.col(c) = -q.col(c);

  std::vector<float> values;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      values.push_back(static_cast<float>(gain * (rows >= columns ? q(r, c) : q(c, r))));
  return Tensor(shape, values);
}

}  // namespace tengen::nn
