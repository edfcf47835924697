// Memory and kernels: the only seam between the library and a piece of hardware.
//
// Everything is float32, contiguous and row-major; images are [N,H,W,C]; convolution weights are
// [kh,kw,C,K]; linear weights are [in,out]. Outputs are overwritten unless a name says otherwise.
// Instances: reference_device() (plain loops and Eigen, the oracle of the tests), cpu_device(),
// which inherits it and overrides what is worth a fast kernel, and the GPUs (devices.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "nn/base/rng.h"

namespace tengen::nn {

// What the factors of a product are rounded to; sums are always kept in float32.
enum class Precision { kFloat32, kBfloat16 };

// C[m,n] = op(A) op(B) + beta C, with op(A) [m,k], op(B) [k,n]; leading dimensions in elements.
struct GemmShape {
  bool transpose_a = false;
  bool transpose_b = false;
  int64_t m = 0, n = 0, k = 0;
  int64_t lda = 0, ldb = 0, ldc = 0;
  float beta = 0.0f;
  Precision precision = Precision::kFloat32;
};

// One number for each axis of an image; a single number means both.
struct PerAxis {
  PerAxis(int64_t both) : h(both), w(both) {}  // NOLINT: written as {.stride = 2}
  PerAxis(int64_t h, int64_t w) : h(h), w(w) {}
  bool operator==(const PerAxis&) const = default;
  int64_t h, w;
};

// x [n,height,width,in] * w [kernel_h,kernel_w,in/groups,out] -> y
// [n,out_height(),out_width(),out]. Taps lie `dilation` pixels apart. Group g joins the g-th share
// of the input channels with the g-th share of the output channels.
struct Conv2dShape {
  int64_t n = 0, height = 0, width = 0, in = 0, out = 0;
  int64_t kernel_h = 3, kernel_w = 3;
  PerAxis stride = 1, padding = 1, dilation = 1;
  int64_t groups = 1;
  Precision precision = Precision::kFloat32;

  int64_t out_height() const {
    return (height + 2 * padding.h - dilation.h * (kernel_h - 1) - 1) / stride.h + 1;
  }
  int64_t out_width() const {
    return (width + 2 * padding.w - dilation.w * (kernel_w - 1) - 1) / stride.w + 1;
  }
  int64_t group_in() const { return in / groups; }
  int64_t group_out() const { return out / groups; }
};

// x [n,height,width,channels] -> y [n,out_height(),out_width(),channels], one value a window. The
// padding is at most half the kernel, so that no window lies outside the image.
struct Pool2dShape {
  int64_t n = 0, height = 0, width = 0, channels = 0;
  PerAxis kernel = 2, stride = 2, padding = 0;
  bool count_padding = false;  // averages divide by the whole window, not by its part inside

  int64_t out_height() const { return (height + 2 * padding.h - kernel.h) / stride.h + 1; }
  int64_t out_width() const { return (width + 2 * padding.w - kernel.w) / stride.w + 1; }
};

// One recurrent layer in one direction, x [rows,steps,in] -> y [rows,steps,hidden]; the formulas
// stand in ops.h. A row ends after length(row) steps: its state stops there and y is zero beyond.
enum class Recurrence { kRnnTanh, kRnnRelu, kLstm, kGru };

struct RecurrentShape {
  Recurrence kind = Recurrence::kLstm;
  int64_t rows = 0, steps = 0, in = 0, hidden = 0;
  bool reverse = false;              // from each row's last element to its first
  const int32_t* lengths = nullptr;  // [rows], on the host; null: all rows have all steps
  Precision precision = Precision::kFloat32;

  bool is_rnn() const { return kind == Recurrence::kRnnTanh || kind == Recurrence::kRnnRelu; }
  // Columns of the weights in units of `hidden`, and of the bias: a GRU's has a second one for n.
  int64_t gates() const { return is_rnn() ? 1 : kind == Recurrence::kGru ? 3 : 4; }
  int64_t bias_gates() const { return is_rnn() ? 1 : 4; }
  int64_t length(int64_t row) const { return lengths ? lengths[row] : steps; }
  // Where in [rows * steps] the row's `step`-th step in the order of computation lies.
  int64_t at(int64_t row, int64_t step) const {
    return row * steps + (reverse ? length(row) - 1 - step : step);
  }
};

struct RecurrentInputs {
  const float* x;
  const float* input_weight;      // [in, gates * hidden]
  const float* recurrent_weight;  // [hidden, gates * hidden]
  const float* bias;              // [bias_gates * hidden]; may be null
  const float* h0;                // [rows, hidden]; null: zeros. c0 the same, for an LSTM
  const float* c0;
};

struct RecurrentOutputs {
  float* y;       // [rows, steps, hidden]
  float* h_last;  // [rows, hidden]
  float* c_last;  // [rows, hidden]; null unless an LSTM
  float* saved;   // recurrent_saved() floats for the gradient
};

// Gradients that come and gradients to make; those of the weights are added to what is there, the
// others overwritten. All but dy may be null.
struct RecurrentGradients {
  const float* dy;
  const float* dh_last;
  const float* dc_last;
  float* dx;
  float* dh0;
  float* dc0;
  float* input_weight;
  float* recurrent_weight;
  float* bias;
};

// Connectionist temporal classification (Graves et al. 2006) of log_probs [rows,steps,classes];
// what is an int32 lies on the host. Labels stand one row after the other.
struct CtcShape {
  int64_t rows = 0, steps = 0, classes = 0;
  int32_t blank = 0;
  const int32_t* lengths = nullptr;  // [rows] of the inputs
  const int32_t* labels = nullptr;   // [sum of label_counts], never the blank
  const int32_t* label_counts = nullptr;
};

enum class Unary {
  kRelu,
  kTanh,
  kSigmoid,
  kExp,
  kLog,
  kSquare,
  kSqrt,
  kAbs,
  kNegate,
  kSoftplus,
  kLeakyRelu,  // parameter: the slope below zero
  kElu,        // parameter: alpha
  kGelu,
  kSilu,
  kMish
};
struct UnaryOp {
  UnaryOp(Unary kind, float parameter = 0) : kind(kind), parameter(parameter) {}  // NOLINT
  Unary kind;
  float parameter;
};
enum class Binary { kAdd, kSubtract, kMultiply, kDivide, kMaximum, kMinimum, kEqual };

// Which keys a row of attention scores [batch, queries, keys] sees: the first so many.
struct SoftmaxMask {
  int64_t queries = 1;               // rows r of one batch entry are queries r % queries
  bool causal = false;               // query i sees keys up to i + keys - queries
  const int32_t* lengths = nullptr;  // row r sees keys before lengths[r / rows_per_length]
  int64_t rows_per_length = 1;

  int64_t visible(int64_t row, int64_t keys) const {
    int64_t count = keys;
    if (causal) count = keys - queries + row % queries + 1;
    if (lengths && lengths[row / rows_per_length] < count) count = lengths[row / rows_per_length];
    return count < 0 ? 0 : count;
  }
};

// x [n, points, channels], normalised within each n and each of `groups` runs of channels.
struct GroupNormShape {
  int64_t n = 0, points = 1, channels = 0, groups = 1;
  float epsilon = 1e-5f;
};

class Device {
 public:
  virtual ~Device() = default;
  virtual std::string name() const = 0;
  // Products in Precision::kBfloat16 are faster here than in float32. Where they are not, they may
  // be computed in float32.
  virtual bool fast_bfloat16() const { return false; }

  // Memory, at least 64-byte aligned.
  virtual std::shared_ptr<void> allocate(size_t bytes) = 0;
  virtual void copy_from_host(void* to, const void* from, size_t bytes) = 0;
  virtual void copy_to_host(void* to, const void* from, size_t bytes) = 0;
  virtual void fill(int64_t n, float value, float* x) = 0;

  // Products.
  virtual void gemm(const GemmShape& shape, const float* a, const float* b, float* c) = 0;
  // `batch` products whose matrices begin so many floats apart.
  virtual void gemm_batch(const GemmShape& shape, int64_t batch, const float* a, int64_t a_step,
                          const float* b, int64_t b_step, float* c, int64_t c_step) = 0;
  virtual void conv2d(const Conv2dShape& shape, const float* x, const float* w, float* y) = 0;
  virtual void conv2d_grad_input(const Conv2dShape& shape, const float* dy, const float* w,
                                 float* dx) = 0;
  virtual void conv2d_grad_weight(const Conv2dShape& shape, const float* x, const float* dy,
                                  float* dw) = 0;
  // Both gradients, where they share work.
  virtual void conv2d_grad(const Conv2dShape& shape, const float* x, const float* w,
                           const float* dy, float* dx, float* dw) {
    conv2d_grad_input(shape, dy, w, dx);
    conv2d_grad_weight(shape, x, dy, dw);
  }

  // Pooling. `tap` [size of y] receives the place of the maximum in its window, ky * kernel.w + kx;
  // of equals the first.
  virtual void max_pool(const Pool2dShape& shape, const float* x, float* y, int32_t* tap) = 0;
  virtual void max_pool_grad(const Pool2dShape& shape, const float* dy, const int32_t* tap,
                             float* dx) = 0;
  virtual void average_pool(const Pool2dShape& shape, const float* x, float* y) = 0;
  virtual void average_pool_grad(const Pool2dShape& shape, const float* dy, float* dx) = 0;

  // y = max_pool(relu(conv2d(x, w) + bias)) without passes over the big image between, `tap` as
  // above, and all gradients of it from the same y and tap. dx may be null.
  virtual void conv2d_relu_max_pool(const Conv2dShape& conv, const Pool2dShape& pool,
                                    const float* x, const float* w, const float* bias, float* y,
                                    int32_t* tap) = 0;
  virtual void conv2d_relu_max_pool_grad(const Conv2dShape& conv, const Pool2dShape& pool,
                                         const float* x, const float* w, const float* y,
                                         const int32_t* tap, const float* dy, float* dx, float* dw,
                                         float* dbias) = 0;

  // Element by element; a result may overwrite its first argument. unary_grad reads only y for
  // kRelu, kTanh, kSigmoid, kExp, kSqrt, kLeakyRelu and kElu, and only x for the others (the one
  // not read may be anything). kEqual is 1 or 0. `b` is repeated: element i of the result meets
  // b[(i / inner) % nb], so (nb = n, inner = 1) is no broadcast, (nb = C, inner = 1) a bias per
  // channel and (nb = rows, inner = n / rows) one number a row.
  virtual void unary(UnaryOp op, int64_t n, const float* x, float* y) = 0;
  virtual void unary_grad(UnaryOp op, int64_t n, const float* x, const float* y, const float* dy,
                          float* dx) = 0;
  virtual void binary(Binary op, int64_t n, const float* a, const float* b, int64_t nb,
                      int64_t inner, float* y) = 0;
  virtual void axpy(int64_t n, float alpha, const float* x, float* y) = 0;  // y += alpha x
  // y = x / (1 - p) where a draw keeps it, with probability 1 - p, and 0 elsewhere. Draw i / 2 of
  // `rng` decides about elements i and i + 1: with the same rng, dy gives dx.
  virtual void dropout(int64_t n, float p, Rng rng, const float* x, float* y) = 0;

  // x [outer, axis, inner] -> y [outer, inner].
  virtual void sum_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y) = 0;
  virtual void max_axis(int64_t outer, int64_t axis, int64_t inner, const float* x, float* y,
                        int32_t* argmax) = 0;
  // Their gradients. x [outer, inner] -> y [outer, axis, inner]: alpha x along the whole axis, and
  // x at argmax, zero elsewhere.
  virtual void repeat_axis(int64_t outer, int64_t axis, int64_t inner, float alpha, const float* x,
                           float* y) = 0;
  virtual void max_axis_grad(int64_t outer, int64_t axis, int64_t inner, const float* dy,
                             const int32_t* argmax, float* dx) = 0;
  // Copies `blocks` runs of `size` floats that begin `from_step` and `to_step` floats apart.
  virtual void copy_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step,
                           float* to, int64_t to_step) = 0;
  // The same, added to what is there.
  virtual void add_blocks(int64_t blocks, int64_t size, const float* from, int64_t from_step,
                          float* to, int64_t to_step) = 0;
  // x [dims] -> y, whose axis i is x's axis axes[i].
  virtual void permute(int rank, const int64_t* dims, const int* axes, const float* x,
                       float* y) = 0;

  // Floats that hold whole numbers in [0, limit) -> index. Returns how many were right before the
  // first wrong one: n if all are.
  virtual int64_t to_indices(int64_t n, int64_t limit, const float* x, int32_t* index) = 0;
  // x [outer, axis, inner] -> y [outer, count, inner], y[o, j, i] = x[o, index[j], i]; its gradient
  // adds dy to dx at the same places, in the order of j.
  virtual void gather(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                      const int32_t* index, const float* x, float* y) = 0;
  virtual void gather_grad(int64_t outer, int64_t axis, int64_t inner, int64_t count,
                           const int32_t* index, const float* dy, float* dx) = 0;

  // Rows [rows, columns].
  virtual void log_softmax(int64_t rows, int64_t columns, const float* x, float* y) = 0;
  virtual void log_softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                                float* dx) = 0;
  // Zero where the mask hides, also in a row that sees nothing.
  virtual void softmax(int64_t rows, int64_t columns, const SoftmaxMask& mask, const float* x,
                       float* y) = 0;
  virtual void softmax_grad(int64_t rows, int64_t columns, const float* y, const float* dy,
                            float* dx) = 0;

  // Batch normalisation of x [rows, channels] (Ioffe and Szegedy 2015): y = gamma * xhat + beta.
  // Writes the batch mean and 1 / sqrt(variance + epsilon), which the gradient needs.
  virtual void batch_norm(int64_t rows, int64_t channels, float epsilon, const float* x,
                          const float* gamma, const float* beta, float* y, float* mean,
                          float* inverse_std) = 0;
  virtual void batch_norm_grad(int64_t rows, int64_t channels, const float* x, const float* dy,
                               const float* gamma, const float* mean, const float* inverse_std,
                               float* dx, float* dgamma, float* dbeta) = 0;

  // batch_norm and, in the same passes over memory, what follows it in a network:
  // y = relu(gamma * xhat + beta + residual). The gradient before the relu, which is dy where
  // y > 0, also goes to dresidual. residual and dresidual may be null.
  virtual void batch_norm_relu(int64_t rows, int64_t channels, float epsilon, const float* x,
                               const float* gamma, const float* beta, const float* residual,
                               float* y, float* mean, float* inverse_std) = 0;
  virtual void batch_norm_relu_grad(int64_t rows, int64_t channels, const float* x, const float* y,
                                    const float* dy, const float* gamma, const float* mean,
                                    const float* inverse_std, float* dx, float* dgamma,
                                    float* dbeta, float* dresidual) = 0;

  // Group normalisation (Wu and He 2018): y = gamma * xhat + beta, gamma and beta [channels]. One
  // point and one group are layer normalisation (Ba, Kiros and Hinton 2016). Writes mean and
  // 1 / sqrt(variance + epsilon), [n, groups], which the gradient needs.
  virtual void group_norm(const GroupNormShape& shape, const float* x, const float* gamma,
                          const float* beta, float* y, float* mean, float* inverse_std) = 0;
  virtual void group_norm_grad(const GroupNormShape& shape, const float* x, const float* dy,
                               const float* gamma, const float* mean, const float* inverse_std,
                               float* dx, float* dgamma, float* dbeta) = 0;

  // Recurrent layers, whole sequences at once. The gradient may overwrite `saved`.
  virtual int64_t recurrent_saved(const RecurrentShape& shape) const = 0;
  virtual void recurrent(const RecurrentShape& shape, const RecurrentInputs& inputs,
                         const RecurrentOutputs& outputs) = 0;
  virtual void recurrent_grad(const RecurrentShape& shape, const RecurrentInputs& inputs,
                              const float* y, float* saved,
                              const RecurrentGradients& gradients) = 0;

  // loss [rows] = -ln p(labels of the row), infinite where no alignment exists, and its gradient
  // to log_probs, [rows,steps,classes], zero where the loss is infinite; may be null.
  virtual void ctc(const CtcShape& shape, const float* log_probs, float* loss, float* gradient) = 0;

  // Optimisers over one flat buffer. SGD: g = gradient + weight_decay * weight,
  // velocity = momentum * velocity + g, weight -= learning_rate * velocity (Nesterov:
  // learning_rate * (g + momentum * velocity)).
  struct SgdStep {
    float learning_rate, momentum, weight_decay;
    bool nesterov;
  };
  struct AdamStep {
    float learning_rate, beta1, beta2, epsilon, weight_decay;
    int64_t step;          // from 1, for bias correction
    bool coupled = false;  // decay: decoupled (AdamW), or added to the gradient (Adam)
  };
  // AdaGrad: squares += g^2, weight -= learning_rate * g / (sqrt(squares) + epsilon), with g as
  // for SGD.
  struct AdagradStep {
    float learning_rate, epsilon, weight_decay;
  };
  // RMSProp: squares and means are running averages of g^2 and g, velocity = momentum * velocity +
  // learning_rate * g / sqrt(squares - means^2 + epsilon), weight -= velocity. `means` is null for
  // the form that is not centred, `velocity` where there is no momentum.
  struct RmspropStep {
    float learning_rate, decay, epsilon, momentum, weight_decay;
  };
  virtual void sgd(const SgdStep& step, int64_t n, const float* gradient, float* velocity,
                   float* weight) = 0;
  virtual void adam(const AdamStep& step, int64_t n, const float* gradient, float* first,
                    float* second, float* weight) = 0;
  virtual void adagrad(const AdagradStep& step, int64_t n, const float* gradient, float* squares,
                       float* weight) = 0;
  virtual void rmsprop(const RmspropStep& step, int64_t n, const float* gradient, float* squares,
                       float* means, float* velocity, float* weight) = 0;
};

Device& reference_device();
Device& cpu_device();

}  // namespace tengen::nn
