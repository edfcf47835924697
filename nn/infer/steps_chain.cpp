// The convolutions of a chain, and what turns an image into the first operand.
#include <algorithm>
#include <sstream>
#include <utility>

#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

int64_t floats_of(int64_t bytes) { return whole_lines((bytes + 3) / 4); }

// A group of channels of an image, to the inside of a board whose border is zeros.
void put_group_on_board(const WinogradShape& s, const float* x, int64_t group, float* board) {
  const int64_t channel = group * s.lanes, count = std::min(s.lanes, s.in - channel);
  for (int64_t y = 0; y < s.height; ++y)
    for (int64_t column = 0; column < s.width; ++column)
      std::copy_n(x + (y * s.width + column) * s.in + channel, count,
                  board + ((y + s.padding) * s.board_width() + column + s.padding) * s.lanes);
}

class FeedStep : public Step {
 public:
  FeedStep(const ChainKernels& kernels, Operation operation, Places places, FedOperand fed)
      : kernels_(kernels),
        operation_(std::move(operation)),
        places_(std::move(places)),
        fed_(fed) {}

  void run(const Frame& frame) const override {
    const WinogradShape& s = fed_.shape;
    std::fill_n(frame.scratch, s.board_floats(), 0.0f);
    const float* x = frame.read(places_.inputs[0]);
    for (int64_t image = 0; image < s.images; ++image, x += s.height * s.width * s.in)
      for (int64_t group = 0; group < s.in_groups(); ++group) {
        if ((group + 1) * s.lanes > s.in && group > 0)
          std::fill_n(frame.scratch, s.board_floats(), 0.0f);
        put_group_on_board(s, x, group, frame.scratch);
        kernels_.feed(s, frame.scratch, image, group, fed_.scale, frame.write(places_.feeds));
      }
  }
  int64_t scratch_floats() const override { return fed_.shape.board_floats(); }
  std::string text() const override { return "feed " + operation_.shape.text(); }

 private:
  const ChainKernels& kernels_;
  const Operation operation_;
  const Places places_;
  const FedOperand fed_;
};

class ChainStep : public Step {
 public:
  ChainStep(const ChainKernels& kernels, Operation operation, Places places, FedOperand read,
            FedOperand fed)
      : kernels_(kernels),
        operation_(std::move(operation)),
        places_(std::move(places)),
        shape_(read.shape),
        read_scale_(read.scale),
        fed_(fed) {
    shape_.out = operation_.conv.out;
    columns_ = shape_.out_groups() * shape_.lanes;
  }

  void run(const Frame& frame) const override {
    float* sums = frame.scratch;
    float* board = sums + floats_of(kernels_.sum_bytes(shape_));
    float* row_bias = board + board_floats();
    kernels_.multiply(shape_, frame.read(places_.inputs[0]), weights_, sums);
    if (operation_.feeds >= 0) std::fill_n(board, board_floats(), 0.0f);
    for (int64_t image = 0; image < shape_.images; ++image) {
      const ChainFinish finish = finish_of(frame, image, board, row_bias);
      for (int64_t group = 0; group < shape_.out_groups(); ++group) {
        kernels_.finish(shape_, sums, image, group, finish);
        if (operation_.feeds >= 0)
          kernels_.feed(fed_.shape, board, image, group, fed_.scale, frame.write(places_.feeds));
      }
    }
  }

  int64_t scratch_floats() const override {
    return floats_of(kernels_.sum_bytes(shape_)) + board_floats() + columns_;
  }
  int64_t weight_floats() const override {
    return floats_of(kernels_.weight_bytes(shape_)) + 3 * columns_ + scale_floats();
  }
  void pack(float* to) override {
    weights_ = to;
    bias_ = to + floats_of(kernels_.weight_bytes(shape_));
    float* factor = bias_ + columns_;
    float* sum_scale = factor + 2 * columns_;
    kernels_.pack(shape_, operation_.weight.data(), read_scale_, weights_, sum_scale);
    std::ranges::copy(operation_.bias, bias_);
    std::ranges::copy(operation_.factor, factor);
    std::ranges::copy(operation_.term, factor + columns_);
    operation_.weight = {};
  }

  double flops() const override {
    return 2.0 * static_cast<double>(shape_.images * result_floats()) *
           static_cast<double>(shape_.kernel * shape_.kernel * shape_.in);
  }
  std::string text() const override {
    std::ostringstream text;
    text << operation_.name << " " << shape_.kernel << "x" << shape_.kernel << " " << shape_.in
         << "->" << shape_.out << " " << kernels_.name;
    if (kernels_.winograd) text << " F(" << shape_.tile << "x" << shape_.tile << ")";
    if (operation_.row_bias >= 0) text << " + row";
    if (operation_.residual >= 0) text << " + residual";
    if (operation_.relu) text << " + relu";
    if (operation_.then_output >= 0) text << ", * factor + term";
    if (operation_.then_relu) text << " + relu";
    if (operation_.feeds >= 0) text << ", feed";
    text << " -> " << operation_.shape;
    return text.str();
  }

 private:
  int64_t result_floats() const { return shape_.out_height() * shape_.out_width() * shape_.out; }
  int64_t board_floats() const { return operation_.feeds >= 0 ? fed_.shape.board_floats() : 0; }
  int64_t scale_floats() const { return kernels_.scaled ? shape_.elements() * columns_ : 0; }

  ChainFinish finish_of(const Frame& frame, int64_t image, float* board, float* row_bias) const {
    const Operation& o = operation_;
    const int64_t at = image * result_floats();
    ChainFinish f;
    f.bias = bias_;
    if (o.row_bias >= 0) {
      const float* row = frame.read(places_.row_bias) + image * shape_.out;
      for (int64_t c = 0; c < shape_.out; ++c)
        row_bias[c] = bias_[c] + o.row_bias_factor[c] * row[c];
      std::fill(row_bias + shape_.out, row_bias + columns_, 0.0f);
      f.bias = row_bias;
    }
    if (o.residual >= 0) f.residual = frame.read(places_.residual) + at;
    f.relu = o.relu;
    if (o.keeps) f.y = frame.write(places_.output) + at;
    if (o.then_output >= 0) {
      f.factor = bias_ + columns_;
      f.term = f.factor + columns_;
      f.then_relu = o.then_relu;
      if (o.then_keeps) f.then_y = frame.write(places_.then_output) + at;
    }
    f.sum_scale = bias_ + 3 * columns_;
    if (o.feeds >= 0) {
      f.board = board;
      f.board_width = fed_.shape.board_width();
      f.board_border = fed_.shape.padding;
    }
    return f;
  }

  const ChainKernels& kernels_;
  Operation operation_;
  const Places places_;
  WinogradShape shape_;
  const float* read_scale_;
  const FedOperand fed_;
  int64_t columns_;
  float* weights_ = nullptr;
  float* bias_ = nullptr;  // [columns], then factor, term, and the scales of the sums
};

}  // namespace

std::unique_ptr<Step> make_feed_step(const ChainKernels& kernels, Operation operation,
                                     Places places, FedOperand fed) {
  return std::make_unique<FeedStep>(kernels, std::move(operation), std::move(places), fed);
}

std::unique_ptr<Step> make_chain_step(const ChainKernels& kernels, Operation operation,
                                      Places places, FedOperand read, FedOperand fed) {
  return std::make_unique<ChainStep>(kernels, std::move(operation), std::move(places), read, fed);
}

}  // namespace tengen::nn
