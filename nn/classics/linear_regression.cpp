// Linear and ridge regression in closed form.
#include <Eigen/Cholesky>
#include <Eigen/QR>

#include "nn/classics/checked_data.h"
#include "nn/classics/linear_model.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

// Data around its means: there the best bias is zero, and the ridge need not spare it.
struct Centered {
  Centered(const Tensor& x_tensor, const Tensor& y_tensor)
      : x(to_matrix(x_tensor)),
        y(to_matrix(y_tensor)),
        x_mean(x.colwise().mean()),
        y_mean(y.colwise().mean()) {
    x.rowwise() -= x_mean;
    y.rowwise() -= y_mean;
  }
  LinearModel model(const Eigen::MatrixXd& weight) const {
    return {to_tensor(weight, {weight.rows(), weight.cols()}),
            to_tensor(y_mean - x_mean * weight, {weight.cols()})};
  }

  Eigen::MatrixXd x, y;
  Eigen::RowVectorXd x_mean, y_mean;
};

}  // namespace

Tensor LinearModel::predict(const Tensor& x) const {
  NoGrad no_grad;
  return linear(Var(x), Var(weight), Var(bias)).value();
}

LinearModel fit_linear(const Tensor& x, const Tensor& y) {
  check_regression_data(x, y);
  const Centered data(x, y);
  return data.model(data.x.colPivHouseholderQr().solve(data.y));
}

LinearModel fit_ridge(const Tensor& x, const Tensor& y, float ridge) {
  check_regression_data(x, y);
  CHECK(ridge > 0.0f);
  const Centered data(x, y);
  Eigen::MatrixXd normal = data.x.transpose() * data.x;
  normal.diagonal().array() += static_cast<double>(ridge);
  return data.model(normal.llt().solve(data.x.transpose() * data.y));
}

}  // namespace tengen::nn
