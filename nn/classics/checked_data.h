// The data of a regression, checked and in double.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <string>

#include "nn/base/check.h"
#include "nn/tensor.h"

namespace tengen::nn {

// CheckFailure unless x is [rows,in] and y [rows,out]; Error names a row that is not finite.
inline void check_regression_data(const Tensor& x, const Tensor& y) {
  if (x.shape().rank() != 2 || x.size() == 0 || y.shape().rank() != 2 || y.size() == 0 ||
      x.shape()[0] != y.shape()[0])
    throw CheckFailure("regression: expected x [rows,in] and y [rows,out], got " +
                       x.shape().text() + " and " + y.shape().text());
  for (const Tensor* data : {&x, &y}) {
    const std::vector<float> values = data->to_vector();
    const int64_t columns = data->shape()[1];
    for (size_t i = 0; i < values.size(); ++i)
      if (!std::isfinite(values[i]))
        throw Error("regression: row " + std::to_string(static_cast<int64_t>(i) / columns) +
                    (data == &x ? " of x" : " of y") +
                    " holds a value that is not finite; drop the row or fill the gap");
  }
}

// As check_regression_data, and y [rows,1] of zeros and ones.
inline void check_binary_data(const Tensor& x, const Tensor& y) {
  check_regression_data(x, y);
  if (y.shape()[1] != 1)
    throw CheckFailure("logistic regression: expected y [rows,1], got " + y.shape().text());
  const std::vector<float> labels = y.to_vector();
  for (size_t row = 0; row < labels.size(); ++row)
    if (labels[row] != 0.0f && labels[row] != 1.0f)
      throw Error("logistic regression: row " + std::to_string(row) + " of y is " +
                  std::to_string(labels[row]) + "; labels must be 0 or 1");
}

inline Eigen::MatrixXd to_matrix(const Tensor& x) {
  const std::vector<float> values = x.to_vector();
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Rows>(values.data(), x.shape()[0], x.shape()[1]).cast<double>();
}

inline Tensor to_tensor(const Eigen::MatrixXd& matrix, Shape shape) {
  std::vector<float> values;
  for (Eigen::Index r = 0; r < matrix.rows(); ++r)
    for (Eigen::Index c = 0; c < matrix.cols(); ++c)
      values.push_back(static_cast<float>(matrix(r, c)));
  return Tensor(std::move(shape), values);
}

}  // namespace tengen::nn
