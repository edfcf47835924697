// Logistic regression by Newton's method: with p = sigmoid(x w), the gradient is x' (p - y) +
// ridge w and the Hessian x' diag(p (1 - p)) x + ridge.
#include <Eigen/Cholesky>
#include <cmath>

#include "nn/classics/checked_data.h"
#include "nn/classics/linear_model.h"

namespace tengen::nn {
namespace {

constexpr double kLargestLogit = 30.0;  // beyond it every probability is certain

struct Problem {
  Eigen::MatrixXd x;      // with a last column of ones, whose weight is the bias
  Eigen::VectorXd y;      // 0 or 1
  Eigen::VectorXd ridge;  // of each weight; none for the bias

  double objective(const Eigen::VectorXd& w) const {
    const Eigen::ArrayXd z = (x * w).array();
    // log(1 + exp(z)) - y z, without overflow
    const Eigen::ArrayXd loss = z.max(0.0) + (-z.abs()).exp().log1p() - y.array() * z;
    return loss.sum() + 0.5 * (ridge.array() * w.array().square()).sum();
  }

  Eigen::VectorXd newton_step(const Eigen::VectorXd& w) const {
    const Eigen::ArrayXd p = 1.0 / (1.0 + (-(x * w).array()).exp());
    const Eigen::VectorXd gradient =
        x.transpose() * (p - y.array()).matrix() + (ridge.array() * w.array()).matrix();
    Eigen::MatrixXd hessian = x.transpose() * (p * (1.0 - p)).matrix().asDiagonal() * x;
    hessian.diagonal() += ridge;
    return -hessian.ldlt().solve(gradient);
  }
};

Problem problem_of(const Tensor& x, const Tensor& y, float ridge) {
  const Eigen::MatrixXd rows = to_matrix(x);
  Problem problem{Eigen::MatrixXd(rows.rows(), rows.cols() + 1), to_matrix(y).col(0),
                  Eigen::VectorXd::Constant(rows.cols() + 1, ridge)};
  problem.x << rows, Eigen::VectorXd::Ones(rows.rows());
  problem.ridge[rows.cols()] = 0.0;
  return problem;
}

[[noreturn]] void no_solution(const std::string& why) {
  throw Error("logistic regression: " + why + "; give a ridge above zero, or drop columns");
}

}  // namespace

LinearModel fit_logistic(const Tensor& x, const Tensor& y, float ridge,
                         const NewtonOptions& options) {
  check_binary_data(x, y);
  CHECK(ridge >= 0.0f);
  const Problem problem = problem_of(x, y, ridge);
  const Eigen::Index in = problem.x.cols() - 1;
  Eigen::VectorXd w = Eigen::VectorXd::Zero(in + 1);
  double objective = problem.objective(w);
  for (int iteration = 0; iteration < options.most_iterations; ++iteration) {
    Eigen::VectorXd step = problem.newton_step(w);
    if (!step.allFinite()) no_solution("the columns of x depend on each other");
    // Far from the minimum a whole step may overshoot.
    double next = problem.objective(w + step);
    for (int halved = 0; halved < 40 && !(next <= objective); ++halved) {
      step *= 0.5;
      next = problem.objective(w + step);
    }
    w += step;
    objective = next;
    if (ridge == 0.0f && ((problem.x * w).array().abs() > kLargestLogit).all())
      no_solution("a plane separates the classes, so that the weights grow without end");
    if ((step.array().abs() <= options.tolerance * (1.0 + w.array().abs())).all())
      return {to_tensor(w.head(in), {in, 1}), to_tensor(w.tail(1), {1})};
  }
  no_solution("no solution after " + std::to_string(options.most_iterations) + " iterations");
}

}  // namespace tengen::nn
