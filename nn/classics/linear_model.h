// Linear, ridge and logistic regression, each in closed form (or by Newton's method) and by
// gradient descent with the library's own operations: the two agree, which the tests check.
#pragma once

#include "nn/tensor.h"

namespace tengen::nn {

// x [rows,in] -> x weight + bias [rows,out]. For logistic regression that is the log of the odds.
struct LinearModel {
  Tensor weight;  // [in,out]
  Tensor bias;    // [out]
  Tensor predict(const Tensor& x) const;
};

// What the functions below lower, with w the weights and b the bias, which is never held down:
//   linear regression    sum (x w + b - y)^2
//   ridge regression     sum (x w + b - y)^2 + ridge sum w^2           (Hoerl and Kennard 1970)
//   logistic regression  sum log(1 + exp(-s (x w + b))) + ridge / 2 sum w^2, s = 1 or -1
// x [rows,in], y [rows,out]; rows of x or y that are not finite are an Error that names the row.

// By QR with pivots: where columns of x depend on each other, one of the best solutions. Sums of
// squares are in double.
LinearModel fit_linear(const Tensor& x, const Tensor& y);
// By Cholesky's decomposition of x' x + ridge; ridge > 0.
LinearModel fit_ridge(const Tensor& x, const Tensor& y, float ridge);

struct NewtonOptions {
  int most_iterations = 100;
  double tolerance = 1e-10;  // of the largest change of a weight, relative to 1 + that weight
};
// By Newton's method, which here is iteratively reweighted least squares (Hastie, Tibshirani and
// Friedman 2009, section 4.4.1). y [rows,1] holds 0 and 1. Without a ridge, classes that a plane
// separates have no best weights: then an Error says so.
LinearModel fit_logistic(const Tensor& x, const Tensor& y, float ridge,
                         const NewtonOptions& options = {});

struct DescentOptions {
  int64_t steps = 2000;
  float learning_rate = 0.1f;  // of the objective divided by the number of elements of y
  float momentum = 0.9f;       // Nesterov's
};
// The same objectives by gradient descent on the whole data. Columns of x of about unit size
// converge quickly.
LinearModel descend_linear(const Tensor& x, const Tensor& y, float ridge,
                           const DescentOptions& options = {});
LinearModel descend_logistic(const Tensor& x, const Tensor& y, float ridge,
                             const DescentOptions& options = {});

}  // namespace tengen::nn
