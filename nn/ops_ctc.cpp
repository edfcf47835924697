// Connectionist temporal classification: a loss for labels that are not aligned with the input.
#include <cstdint>
#include <string>

#include "nn/base/check.h"
#include "nn/ops.h"
#include "nn/tensor_math.h"

namespace tengen::nn {
namespace {

// The labels and lengths of a batch as the device wants them.
class CtcBatch {
 public:
  CtcBatch(const Shape& logits, const std::vector<std::vector<int32_t>>& labels,
           const CtcOptions& options)
      : lengths_(options.lengths) {
    shape_.rows = logits[0];
    shape_.steps = logits[1];
    shape_.classes = logits[2];
    shape_.blank = options.blank;
    if (options.blank < 0 || options.blank >= shape_.classes)
      throw CheckFailure("ctc_loss: blank " + std::to_string(options.blank) +
                         " is not a class of logits " + logits.text());
    if (static_cast<int64_t>(labels.size()) != shape_.rows)
      throw CheckFailure("ctc_loss: " + std::to_string(labels.size()) +
                         " rows of labels for logits " + logits.text());
    if (lengths_.empty()) lengths_.assign(shape_.rows, static_cast<int32_t>(shape_.steps));
    if (static_cast<int64_t>(lengths_.size()) != shape_.rows)
      throw CheckFailure("ctc_loss: " + std::to_string(lengths_.size()) + " lengths for logits " +
                         logits.text());
    for (int64_t row = 0; row < shape_.rows; ++row)
      add_row(row, labels[row], options.skip_impossible);
  }

  CtcShape shape() const {
    CtcShape shape = shape_;
    shape.lengths = lengths_.data();
    shape.labels = labels_.data();
    shape.label_counts = counts_.data();
    return shape;
  }

 private:
  void add_row(int64_t row, const std::vector<int32_t>& labels, bool skip_impossible) {
    const std::string place = "ctc_loss: row " + std::to_string(row) + ": ";
    if (lengths_[row] < 0 || lengths_[row] > shape_.steps)
      throw CheckFailure(place + "length " + std::to_string(lengths_[row]) + " of " +
                         std::to_string(shape_.steps) + " steps");
    int64_t needed = static_cast<int64_t>(labels.size());
    for (size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] < 0 || labels[i] >= shape_.classes || labels[i] == shape_.blank)
        throw Error(place + "label " + std::to_string(labels[i]) + " must be one of " +
                    std::to_string(shape_.classes) + " classes other than the blank, " +
                    std::to_string(shape_.blank));
      needed += i > 0 && labels[i] == labels[i - 1];
    }
    if (needed <= lengths_[row]) {
      labels_.insert(labels_.end(), labels.begin(), labels.end());
      counts_.push_back(static_cast<int32_t>(labels.size()));
      return;
    }
    if (!skip_impossible)
      throw Error(place + std::to_string(labels.size()) + " labels need " + std::to_string(needed) +
                  " steps, the input has " + std::to_string(lengths_[row]) +
                  "; drop the row, feed the network more steps, or set skip_impossible");
    lengths_[row] = 0;  // nothing from nothing: a loss of zero
    counts_.push_back(0);
  }

  std::vector<int32_t> lengths_, labels_, counts_;
  CtcShape shape_;
};

}  // namespace

Var ctc_loss(const Var& logits, const std::vector<std::vector<int32_t>>& labels,
             const CtcOptions& options) {
  if (logits.shape().rank() != 3) wrong_shape("ctc_loss", "logits [N,T,C]", logits.shape());
  const CtcBatch batch(logits.shape(), labels, options);
  const CtcShape shape = batch.shape();
  Device& device = logits.value().device();
  Tensor log_probs = Tensor::uninitialized(logits.shape(), device);
  device.log_softmax(shape.rows * shape.steps, shape.classes, logits.value().data(),
                     log_probs.data());
  const bool wanted = logits.requires_grad() && grad_enabled();
  Tensor gradient = wanted ? Tensor::uninitialized(logits.shape(), device) : Tensor();
  Tensor losses = Tensor::uninitialized({shape.rows}, device);
  device.ctc(shape, log_probs.data(), losses.data(), wanted ? gradient.data() : nullptr);

  const float share = shape.rows > 0 ? 1.0f / static_cast<float>(shape.rows) : 0.0f;
  return make_var(scaled(sum_of_all(losses), share), {logits},
                  [logits, log_probs, gradient, share](const Tensor& dloss) {
                    const Tensor down = binary(Binary::kMultiply, gradient, scaled(dloss, share));
                    Tensor dx = Tensor::uninitialized(logits.shape(), dloss.device());
                    const int64_t classes = logits.shape()[-1];
                    dx.device().log_softmax_grad(dx.size() / classes, classes, log_probs.data(),
                                                 down.data(), dx.data());
                    logits.add_grad(dx);
                  });
}

}  // namespace tengen::nn
