// Every differentiable function. Values and gradients are in ops_*.cpp, side by side.
//
// Each checks its shapes and names what it expected and what came. While a trace is open
// (graph.h) each also records itself, but for batch norm in training and the losses, which an
// inference graph cannot hold.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
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
Var divide(const Var& a, const Var& b);
Var maximum(const Var& a, const Var& b);  // of two equal numbers, a's gets the gradient
Var minimum(const Var& a, const Var& b);
Var scale(const Var& x, float factor);

// Functions of one number (ops_activation.cpp).
Var relu(const Var& x);
Var leaky_relu(const Var& x, float slope = 0.01f);  // slope >= 0 below zero (Maas et al. 2013)
Var elu(const Var& x, float alpha = 1.0f);  // alpha (e^x - 1) below zero (Clevert et al. 2016)
Var gelu(const Var& x);      // x Phi(x), Phi by the error function (Hendrycks and Gimpel 2016)
Var silu(const Var& x);      // x sigmoid(x) (Elfwing et al. 2018)
Var mish(const Var& x);      // x tanh(softplus(x)) (Misra 2019)
Var softplus(const Var& x);  // log(1 + e^x)
Var tanh(const Var& x);
Var sigmoid(const Var& x);
Var exp(const Var& x);
Var log(const Var& x);
Var sqrt(const Var& x);
Var abs(const Var& x);
Var square(const Var& x);
// In training: each element is zero with probability p in [0, 1), the others are divided by 1 - p
// (Srivastava et al. 2014, in the scaling that leaves evaluation alone).
Var dropout(const Var& x, float p, Rng& rng);

// Products (ops_product.cpp, ops_conv.cpp).
Var matmul(const Var& a, const Var& b);  // [m,k] [k,n] -> [m,n]
Var linear(const Var& x, const Var& weight,
           const Var& bias);  // [...,in] -> [...,out]; bias may be empty
struct BatchMatmulOptions {
  bool transpose_a = false;  // a is [B,k,m]
  bool transpose_b = false;  // b is [B,n,k]
};
Var batch_matmul(const Var& a, const Var& b,
                 const BatchMatmulOptions& options = {});  // [B,m,k] [B,k,n] -> [B,m,n]
struct Conv2dOptions {
  PerAxis stride = 1;
  PerAxis padding = 0;
  PerAxis dilation = 1;  // pixels from one tap to the next
  int64_t groups = 1;    // divides both numbers of channels; as many as channels: depthwise
};
// x [N,H,W,C], weight [kh,kw,C/groups,K], bias [K] or empty -> [N,H',W',K] with
// H' = (H + 2 padding - dilation (kh - 1) - 1) / stride + 1, rounded down.
Var conv2d(const Var& x, const Var& weight, const Var& bias, const Conv2dOptions& options);
struct ConvTranspose2dOptions {
  PerAxis stride = 1;
  PerAxis padding = 0;
  PerAxis output_padding = 0;  // less than the stride: which of the sizes that conv2d maps to H
  PerAxis dilation = 1;
  int64_t groups = 1;
};
// The adjoint of conv2d in x (Zeiler et al. 2010): x [N,H,W,C], weight [kh,kw,K/groups,C] - that
// of the convolution from K to C channels - and bias [K] or empty -> [N,H',W',K] with
// H' = (H - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1.
Var conv_transpose2d(const Var& x, const Var& weight, const Var& bias,
                     const ConvTranspose2dOptions& options);

// Pooling (ops_pool.cpp), channel by channel: [N,H,W,C] -> [N,H',W',C] with
// H' = (H + 2 padding - kernel) / stride + 1, rounded down.
struct Pool2dOptions {
  PerAxis kernel = 2;
  std::optional<PerAxis> stride = std::nullopt;  // nothing: the kernel
  PerAxis padding = 0;                           // at most half the kernel
  bool count_padding = true;                     // averages count padding as zeros
};
Var max_pool2d(const Var& x, const Pool2dOptions& options);  // padding never wins
Var average_pool2d(const Var& x, const Pool2dOptions& options);
// max_pool2d(relu(conv2d(x, weight, bias))) in fewer passes over memory, for training; the same
// values. It records itself as the three operations that it stands for.
Var conv2d_relu_max_pool(const Var& x, const Var& weight, const Var& bias,
                         const Conv2dOptions& conv, const Pool2dOptions& pool);

// Shapes (ops_shape.cpp).
Var reshape(const Var& x, Shape shape);
Var concat(std::span<const Var> parts, int axis);
inline Var concat(std::initializer_list<Var> parts, int axis) {
  return concat(std::span(parts.begin(), parts.size()), axis);
}
Var slice(const Var& x, int axis, int64_t begin, int64_t end);

// Moving elements (ops_index.cpp).
using Axes = PooledVector<int>;
Var permute(const Var& x, const Axes& axes);  // the result's axis i is x's axes[i]
Var transpose(const Var& x, int a, int b);    // two axes change places
std::vector<Var> split(const Var& x, int parts, int axis);
Var stack(const std::vector<Var>& parts, int axis);  // of equal shapes, along a new axis
// Rows of an axis, which gives way to the axes of `indices`: x [V,D] at [N,T] -> [N,T,D]. Indices
// are whole numbers in [0, length of the axis), in floats as everything is (exact up to 2^24); any
// other is a CheckFailure that names it. The gradients of a row that was taken twice add up.
Var gather(const Var& x, const Var& indices, int axis = 0);

// Softmax and attention (ops_attention.cpp).
Var softmax(const Var& x);  // over the last axis
struct AttentionMask {
  bool causal = false;  // query i sees keys up to i + keys - queries
  Var lengths = {};     // [N], N a divisor of B: how many keys each sequence has; empty: all
};
// scores [B,Tq,Tk]: softmax over the keys that a query sees, zero elsewhere (everywhere if it sees
// none). Entries b of sequence n are B/N after each other, as heads are.
Var masked_softmax(const Var& scores, const AttentionMask& mask);
// softmax(query key^T / sqrt(D)) value: query [B,Tq,D], key [B,Tk,D], value [B,Tk,V] -> [B,Tq,V];
// `weights`, if wanted, gets the softmax [B,Tq,Tk].
Var scaled_dot_product_attention(const Var& query, const Var& key, const Var& value,
                                 const AttentionMask& mask = {}, Tensor* weights = nullptr);

// Reductions and pooling (ops_reduce.cpp). Global pooling: [N,H,W,C] -> [N,C].
Var sum(const Var& x);            // scalar
Var mean(const Var& x);           // scalar
Var sum(const Var& x, int axis);  // over one axis, which goes
Var mean(const Var& x, int axis);
Var max(const Var& x, int axis);  // the first of equal ones gets the gradient
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

// Within one row or image (ops_group_norm.cpp). Layer norm over the last axis (Ba, Kiros and Hinton
// 2016); group norm of [N,...,C] over all between and C / groups channels (Wu and He 2018).
Var layer_norm(const Var& x, const Var& gamma, const Var& beta, float epsilon);
Var group_norm(const Var& x, int64_t groups, const Var& gamma, const Var& beta, float epsilon);

// Recurrent layers in one direction over whole sequences (ops_recurrent.cpp): x [N,T,I] ->
// y [N,T,H]. Weights are input [I,G*H], recurrent [H,G*H] and bias [G*H] (empty: zeros); gates
// stand side by side in the order below. h' is the state before the step.
//   rnn   h = f(x W + h' U + b), f = tanh or relu
//   lstm  i,f,o = sigmoid, g = tanh of x W + h' U + b, in the order i,f,g,o;
//         c = f c' + i g, h = o tanh(c)                 (Hochreiter, Schmidhuber 1997)
//   gru   r,z = sigmoid(x W + h' U + b), n = tanh(x Wn + bn + r (h' Un + bm)), order r,z,n;
//         h = (1 - z) n + z h'. The reset gate acts after the product, as in cuDNN, torch and
//         ONNX with linear_before_reset (Cho et al. 2014 reset before it); the bias is [4*H]:
//         r, z, bn, bm.
struct RecurrentWeights {
  Var input, recurrent, bias;
};
struct RecurrentState {
  Var h, c;  // [N,H]; c only for an LSTM; empty: zeros
};
struct RecurrentOptions {
  bool reverse = false;  // from each row's last element to its first
  // Of every row, in [0,T]; empty: T. A row's state stops at its end, y is zero beyond.
  std::vector<int32_t> lengths = {};
};
struct RecurrentResult {
  Var y;
  RecurrentState last;  // after each row's last step
};
enum class RnnActivation { kTanh, kRelu };
RecurrentResult rnn(const Var& x, const RecurrentWeights& weights, const RecurrentState& first,
                    RnnActivation activation, const RecurrentOptions& options);
RecurrentResult lstm(const Var& x, const RecurrentWeights& weights, const RecurrentState& first,
                     const RecurrentOptions& options);
RecurrentResult gru(const Var& x, const RecurrentWeights& weights, const RecurrentState& first,
                    const RecurrentOptions& options);

// Losses (ops_loss.cpp, ops_loss_classes.cpp) of [rows, n]: the sum of weight * loss over rows,
// divided by the number of rows; `weight` [rows] may be empty. Those with one distribution or one
// class a row sum over the n columns, the others (marked *) average over them. Targets have the
// shape of x and carry no gradient.
Var log_softmax(const Var& x);  // over the last axis
// -sum target * log softmax(logits); target: distributions.
Var cross_entropy(const Var& logits, const Tensor& target, const Tensor& weight = {});
// sum target * (log target - log_p) (Kullback and Leibler 1951), from log-probabilities.
Var kl_divergence(const Var& log_p, const Tensor& target, const Tensor& weight = {});
// * -target * log p - (1 - target) * log(1 - p) with p = sigmoid(logits); target in [0,1].
Var binary_cross_entropy_with_logits(const Var& logits, const Tensor& target,
                                     const Tensor& weight = {});
// * The same from probabilities, each held within [1e-12, 1 - 1e-12] (as far as a float can).
Var binary_cross_entropy(const Var& p, const Tensor& target, const Tensor& weight = {});
Var mse_loss(const Var& x, const Tensor& target, const Tensor& weight = {});  // * (x - target)^2
Var l1_loss(const Var& x, const Tensor& target, const Tensor& weight = {});   // * |x - target|
// * Quadratic within delta of the target, linear beyond (Huber 1964).
Var huber_loss(const Var& x, const Tensor& target, float delta, const Tensor& weight = {});
// * max(0, 1 - target * x); target -1 or 1 (Cortes and Vapnik 1995).
Var hinge_loss(const Var& x, const Tensor& target, const Tensor& weight = {});

// `classes` [rows] holds one class number a row, in [0, n); another is an Error that names the row.
// Cross-entropy against (1 - label_smoothing) * one-hot + label_smoothing / n (Szegedy et al.
// 2016, section 7).
struct ClassLossOptions {
  float label_smoothing = 0.0f;  // in [0, 1)
  Tensor weight = {};            // [rows]
};
Var class_cross_entropy(const Var& logits, const Tensor& classes,
                        const ClassLossOptions& options = {});
// -log_p[class], from log-probabilities.
Var nll_loss(const Var& log_p, const Tensor& classes, const Tensor& weight = {});
// Sum over the other classes j of max(0, 1 + x[j] - x[class]) (Weston and Watkins 1999).
Var class_hinge_loss(const Var& x, const Tensor& classes, const Tensor& weight = {});

// Connectionist temporal classification (ops_ctc.cpp; Graves et al. 2006, section 4.1): the mean
// over rows of -ln p(labels | logits [N,T,C]), summed over all alignments with blanks. A label that
// is the blank or not a class is an Error that names the row, and so is a row of which no
// alignment exists: labels plus one blank between equal neighbours need more steps than it has.
struct CtcOptions {
  int32_t blank = 0;
  std::vector<int32_t> lengths = {};  // of every row of the logits; empty: T
  bool skip_impossible = false;       // such a row counts as a loss of zero, without gradient
};
Var ctc_loss(const Var& logits, const std::vector<std::vector<int32_t>>& labels,
             const CtcOptions& options);

}  // namespace tengen::nn
