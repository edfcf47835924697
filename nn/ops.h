// Every differentiable function. Values and gradients are in ops_*.cpp, side by side.
//
// Each checks its shapes and names what it expected and what came. While a trace is open
// (graph.h) each also records itself, but for batch norm in training and the losses, which an
// inference graph cannot hold.
#pragma once

#include <vector>

#include "nn/autograd.h"
#include "nn/device.h"

namespace tengen::nn {

// Element by element (ops_elementwise.cpp). b broadcasts when its shape is a's, a suffix of a's
// (a bias; [] is one number for all), a prefix (one number a row), or, for a [N,H,W,C], [N,C] (a
// bias per image and channel: two axes against four mean only this).
Var add(const Var& a, const Var& b);
Var subtract(const Var& a, const Var& b);
Var multiply(const Var& a, const Var& b);
Var scale(const Var& x, float factor);
Var relu(const Var& x);
Var tanh(const Var& x);
Var sigmoid(const Var& x);
Var square(const Var& x);

// Products (ops_product.cpp, ops_conv.cpp).
Var matmul(const Var& a, const Var& b);  // [m,k] [k,n] -> [m,n]
Var linear(const Var& x, const Var& weight,
           const Var& bias);  // [...,in] -> [...,out]; bias may be empty
struct Conv2dOptions {
  int64_t stride = 1;
  int64_t padding = 0;
};
Var conv2d(const Var& x, const Var& weight, const Var& bias, const Conv2dOptions& options);

// Shapes (ops_shape.cpp).
Var reshape(const Var& x, Shape shape);
Var concat(const std::vector<Var>& parts, int axis);
Var slice(const Var& x, int axis, int64_t begin, int64_t end);

// Reductions and pooling (ops_reduce.cpp). Global pooling: [N,H,W,C] -> [N,C].
Var sum(const Var& x);   // scalar
Var mean(const Var& x);  // scalar
Var global_mean_pool(const Var& x);
Var global_max_pool(const Var& x);

// Normalisation (ops_norm.cpp). Batch norm over all axes but the last. In training the batch
// statistics are used and written to batch_mean and batch_variance for the running averages.
Var batch_norm_train(const Var& x, const Var& gamma, const Var& beta, float epsilon,
                     Tensor* batch_mean, Tensor* batch_variance);
// relu(batch_norm_train(x) + residual) in fewer passes over memory; residual may be empty.
Var batch_norm_relu_train(const Var& x, const Var& gamma, const Var& beta, const Var& residual,
                          float epsilon, Tensor* batch_mean, Tensor* batch_variance);
Var batch_norm_infer(const Var& x, const Var& gamma, const Var& beta, const Tensor& mean,
                     const Tensor& variance, float epsilon);

// Losses (ops_loss.cpp) of [rows, n]: the sum of weight * loss over rows, divided by the number of
// rows; `weight` [rows] may be empty. cross_entropy sums over the n columns (one distribution a
// row), the others average over them. Targets have the shape of x and carry no gradient.
Var log_softmax(const Var& x);  // over the last axis
Var cross_entropy(const Var& logits, const Tensor& target,
                  const Tensor& weight);  // distributions [rows, n]
Var binary_cross_entropy_with_logits(const Var& logits, const Tensor& target,
                                     const Tensor& weight);  // target in [0,1]
Var mse_loss(const Var& x, const Tensor& target, const Tensor& weight);
Var huber_loss(const Var& x, const Tensor& target, float delta, const Tensor& weight);

}  // namespace tengen::nn
