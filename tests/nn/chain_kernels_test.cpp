// The kernels of chains against plain convolutions in double precision: every instruction set that
// runs here, every kind of number, sizes that leave tiles, groups and blocks of rows incomplete.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "nn/base/rng.h"
#include "nn/cpu/kernels.h"
#include "nn/infer/chain.h"

namespace tengen::nn {
namespace {

struct Case {
  int64_t images, height, width, in, middle, out;
  int64_t kernel = 3, padding = 1;  // of the first; the second is 3x3
};

// All of these leave something incomplete; the last are those that networks have.
const Case kCases[] = {
    {1, 1, 1, 1, 1, 1},      {1, 2, 3, 3, 5, 2},          {2, 5, 5, 17, 15, 16},
    {1, 7, 4, 16, 33, 31},   {3, 3, 8, 32, 16, 48},       {1, 13, 13, 20, 40, 24},
    {2, 19, 19, 8, 31, 100}, {1, 9, 9, 22, 96, 96},       {1, 19, 19, 64, 64, 32},
    {5, 9, 9, 48, 48, 48},   {1, 9, 9, 22, 96, 64, 5, 2}, {2, 12, 14, 9, 17, 8, 5, 0},
    {1, 3, 5, 8, 8, 3, 5, 4}};

std::vector<float> random_floats(int64_t size, uint64_t stream, float scale = 1.0f) {
  Rng rng(29, stream);
  std::vector<float> x(static_cast<size_t>(size));
  for (float& value : x) value = scale * static_cast<float>(rng.normal());
  return x;
}

// x [height,width,in] by w [kernel,kernel,in,out].
std::vector<double> convolution(const WinogradShape& s, const double* x,
                                const std::vector<float>& w) {
  std::vector<double> y(static_cast<size_t>(s.out_height() * s.out_width() * s.out));
  for (int64_t i = 0; i < s.out_height(); ++i)
    for (int64_t j = 0; j < s.out_width(); ++j)
      for (int64_t tap = 0; tap < s.kernel * s.kernel; ++tap) {
        const int64_t a = i + tap / s.kernel - s.padding, b = j + tap % s.kernel - s.padding;
        if (a < 0 || a >= s.height || b < 0 || b >= s.width) continue;
        for (int64_t c = 0; c < s.in; ++c)
          for (int64_t k = 0; k < s.out; ++k)
            y[(i * s.out_width() + j) * s.out + k] +=
                x[(a * s.width + b) * s.in + c] * w[(tap * s.in + c) * s.out + k];
      }
  return y;
}

// Two convolutions: z = conv2(relu(t * factor + term)) + bias2 with t = relu(conv1(x) + bias1 +
// residual), as the kernels compute them and as double precision does.
class TwoConvolutions {
 public:
  TwoConvolutions(const ChainKernels& kernels, const ChainKernels& float32, const Case& size)
      : kernels_(kernels),
        float32_(float32),
        size_(size),
        first_(shape(size.height, size.width, size.in, size.middle, size.kernel, size.padding)),
        second_(shape(first_.out_height(), first_.out_width(), size.middle, size.out, 3, 1)),
        x_(random_floats(size.images * size.height * size.width * size.in, 1)),
        residual_(random_floats(size.images * pixels() * size.middle, 2)),
        w1_(random_floats(size.kernel * size.kernel * size.in * size.middle, 3, spread(size.in))),
        w2_(random_floats(9 * size.middle * size.out, 4, spread(size.middle))),
        bias1_(padded(size.middle, 5)),
        bias2_(padded(size.out, 6)),
        factor_(padded(size.middle, 7)),
        term_(padded(size.middle, 8)) {}

  void expect_close(double tolerance) {
    expect();
    run();
    compare(t_, expected_t_, tolerance, "t");
    compare(a_, expected_a_, tolerance, "a");
    compare(z_, expected_z_, tolerance, "z");
  }

 private:
  int64_t pixels() const { return second_.height * second_.width; }
  static float spread(int64_t in) { return 1.0f / std::sqrt(9.0f * static_cast<float>(in)); }
  std::vector<float> padded(int64_t size, uint64_t stream) const {
    std::vector<float> x = random_floats(size, stream);
    x.resize((x.size() + 15) / 16 * 16);
    return x;
  }
  WinogradShape shape(int64_t height, int64_t width, int64_t in, int64_t out, int64_t kernel,
                      int64_t padding) const {
    return chain_shape(kernels_, {.n = size_.images,
                                  .height = height,
                                  .width = width,
                                  .in = in,
                                  .out = out,
                                  .kernel_h = kernel,
                                  .kernel_w = kernel,
                                  .stride = 1,
                                  .padding = padding});
  }

  void expect() {
    for (int64_t image = 0; image < size_.images; ++image) {
      const int64_t floats = size_.height * size_.width * size_.in;
      const std::vector<double> x(x_.begin() + image * floats, x_.begin() + (image + 1) * floats);
      std::vector<double> t = convolution(first_, x.data(), w1_);
      std::vector<double> a(t.size());
      for (size_t i = 0; i < t.size(); ++i) {
        const size_t c = i % static_cast<size_t>(size_.middle);
        const double r = residual_[static_cast<size_t>(image) * t.size() + i];
        t[i] = std::max(0.0, t[i] + bias1_[c] + r);
        a[i] = std::max(0.0, t[i] * factor_[c] + term_[c]);
      }
      std::vector<double> z = convolution(second_, a.data(), w2_);
      for (size_t i = 0; i < z.size(); ++i) z[i] += bias2_[i % static_cast<size_t>(size_.out)];
      expected_t_.insert(expected_t_.end(), t.begin(), t.end());
      expected_a_.insert(expected_a_.end(), a.begin(), a.end());
      expected_z_.insert(expected_z_.end(), z.begin(), z.end());
    }
  }

  // As calibration finds them: by what the float32 kernels make of the same images.
  std::vector<float> scales(const WinogradShape& s, const std::vector<float>& x) const {
    std::vector<float> ranges(static_cast<size_t>(s.elements()), 0.0f);
    if (!kernels_.scaled) return ranges;
    std::vector<float> operand(static_cast<size_t>(float32_.operand_bytes(s) / 4));
    feed(float32_, s, x, nullptr, operand);
    widen_ranges(s, operand.data(), ranges.data());
    for (float& range : ranges) range = operand_scale(range);
    return ranges;
  }

  struct Packed {
    std::vector<float> weights, sum_scale;
  };
  Packed pack(const WinogradShape& s, const std::vector<float>& w, const float* scale) const {
    Packed p;
    p.weights.resize(static_cast<size_t>(kernels_.weight_bytes(s) / 4 + 16));
    p.sum_scale.resize(static_cast<size_t>(s.elements() * s.out_groups() * s.lanes));
    kernels_.pack(s, w.data(), scale, p.weights.data(), p.sum_scale.data());
    return p;
  }

  // Memory that kernels may read and need not clear is full of what no result may contain.
  static std::vector<float> dirty(int64_t bytes) {
    return std::vector<float>(static_cast<size_t>(bytes / 4 + 16), std::nanf(""));
  }

  void run() {
    const std::vector<float> a(expected_a_.begin(), expected_a_.end());
    const std::vector<float> scale1 = scales(first_, x_), scale2 = scales(second_, a);
    const Packed one = pack(first_, w1_, scale1.data()), two = pack(second_, w2_, scale2.data());
    std::vector<float> operand1 = dirty(kernels_.operand_bytes(first_));
    std::vector<float> operand2 = dirty(kernels_.operand_bytes(second_));
    std::vector<float> sums =
        dirty(std::max(kernels_.sum_bytes(first_), kernels_.sum_bytes(second_)));
    feed(kernels_, first_, x_, scale1.data(), operand1);
    t_.resize(residual_.size());
    a_.resize(residual_.size());
    z_.resize(static_cast<size_t>(size_.images * pixels() * size_.out));
    kernels_.multiply(first_, operand1.data(), one.weights.data(), sums.data());
    std::vector<float> board(static_cast<size_t>(second_.board_floats()));
    for (int64_t image = 0; image < size_.images; ++image)
      for (int64_t group = 0; group < first_.out_groups(); ++group) {
        kernels_.finish(first_, sums.data(), image, group, finish_first(image, one, board));
        kernels_.feed(second_, board.data(), image, group, scale2.data(), operand2.data());
      }
    kernels_.multiply(second_, operand2.data(), two.weights.data(), sums.data());
    for (int64_t image = 0; image < size_.images; ++image)
      for (int64_t group = 0; group < second_.out_groups(); ++group) {
        ChainFinish f;
        f.bias = bias2_.data();
        f.sum_scale = two.sum_scale.data();
        f.y = z_.data() + image * pixels() * size_.out;
        kernels_.finish(second_, sums.data(), image, group, f);
      }
  }

  void feed(const ChainKernels& kernels, const WinogradShape& s, const std::vector<float>& x,
            const float* scale, std::vector<float>& operand) const {
    for (int64_t image = 0; image < size_.images; ++image)
      for (int64_t group = 0; group < s.in_groups(); ++group) {
        std::vector<float> board(static_cast<size_t>(s.board_floats()));
        for (int64_t pixel = 0; pixel < s.height * s.width; ++pixel)
          for (int64_t c = 0; c < std::min(s.lanes, s.in - group * s.lanes); ++c) {
            const int64_t row = pixel / s.width + s.padding, column = pixel % s.width + s.padding;
            board[(row * s.board_width() + column) * s.lanes + c] =
                x[(image * s.height * s.width + pixel) * s.in + group * s.lanes + c];
          }
        kernels.feed(s, board.data(), image, group, scale, operand.data());
      }
  }

  ChainFinish finish_first(int64_t image, const Packed& packed, std::vector<float>& board) {
    const int64_t at = image * pixels() * size_.middle;
    ChainFinish f;
    f.bias = bias1_.data();
    f.residual = residual_.data() + at;
    f.relu = true;
    f.y = t_.data() + at;
    f.factor = factor_.data();
    f.term = term_.data();
    f.then_relu = true;
    f.then_y = a_.data() + at;
    f.sum_scale = packed.sum_scale.data();
    f.board = board.data();
    f.board_width = second_.board_width();
    f.board_border = second_.padding;
    return f;
  }

  static void compare(const std::vector<float>& got, const std::vector<double>& expected,
                      double tolerance, const char* what) {
    ASSERT_EQ(got.size(), expected.size());
    double most = 1e-3;
    for (const double x : expected) most = std::max(most, std::abs(x));
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_NEAR(got[i], expected[i], tolerance * most) << what << " at " << i;
  }

  const ChainKernels &kernels_, &float32_;
  const Case size_;
  const WinogradShape first_, second_;
  const std::vector<float> x_, residual_, w1_, w2_, bias1_, bias2_, factor_, term_;
  std::vector<double> expected_t_, expected_a_, expected_z_;
  std::vector<float> t_, a_, z_;
};

class ChainKernel : public testing::TestWithParam<std::string> {
 protected:
  const Chains& chains() const { return kernels(GetParam()).chains; }
  void expect_all(const ChainKernels* chain, double tolerance) {
    if (!chain) GTEST_SKIP() << "has no kernels of its own for these numbers";
    for (const Case& size : kCases) {
      SCOPED_TRACE(testing::Message()
                   << chain->name << ": " << size.images << " images " << size.height << "x"
                   << size.width << ", kernel " << size.kernel << ", " << size.in << "->"
                   << size.middle << "->" << size.out);
      TwoConvolutions(*chain, *chains().float32, size).expect_close(tolerance);
    }
  }
};

TEST_P(ChainKernel, Float32AgreesWithDoublePrecision) { expect_all(chains().float32, 2e-5); }

TEST_P(ChainKernel, Int16AgreesWithDoublePrecision) { expect_all(chains().int16, 5e-3); }

TEST_P(ChainKernel, Bfloat16AgreesWithDoublePrecision) { expect_all(chains().bfloat16, 1e-2); }

// Products of the largest operand with weights of one sign are as large as sums become.
TEST_P(ChainKernel, Int16SaturatesWhateverComes) {
  const ChainKernels* chain = chains().int16;
  if (!chain) GTEST_SKIP() << "has no kernels of its own for these numbers";
  Conv2dShape conv;
  conv.n = 1;
  conv.height = conv.width = 9;
  conv.in = 96;
  conv.out = 16;
  const WinogradShape s = chain_shape(*chain, conv);
  const std::vector<float> w(9 * 96 * 16, 1.0f);
  const std::vector<float> scale(static_cast<size_t>(s.elements()), operand_scale(1.0f));
  std::vector<float> weights(static_cast<size_t>(chain->weight_bytes(s) / 4)),
      sum_scale(static_cast<size_t>(s.elements() * s.out_groups() * s.lanes)),
      operand(static_cast<size_t>(chain->operand_bytes(s) / 4)),
      sums(static_cast<size_t>(chain->sum_bytes(s) / 4)),
      board(static_cast<size_t>(s.board_floats()), 0.0f);
  chain->pack(s, w.data(), scale.data(), weights.data(), sum_scale.data());
  for (int64_t y = 1; y <= 9; ++y)
    std::fill_n(board.data() + (y * s.board_width() + 1) * s.lanes, 9 * s.lanes, 1e6f);
  for (int64_t group = 0; group < s.in_groups(); ++group)
    chain->feed(s, board.data(), 0, group, scale.data(), operand.data());
  chain->multiply(s, operand.data(), weights.data(), sums.data());
  const auto* whole = reinterpret_cast<const int32_t*>(sums.data());
  // The middle tile's element (1, 1) sums the inputs with weights 2 * 2 and signs alike.
  int32_t most = 0;
  for (size_t i = 0; i < sums.size(); ++i) most = std::max(most, std::abs(whole[i]));
  EXPECT_GT(most, 1 << 29) << "the sums were to come near the end of their range";
  std::vector<float> y(9 * 9 * 16);
  ChainFinish f;
  const std::vector<float> bias(16, 0.0f);
  f.bias = bias.data();
  f.sum_scale = sum_scale.data();
  f.y = y.data();
  for (int64_t group = 0; group < s.out_groups(); ++group)
    chain->finish(s, sums.data(), 0, group, f);
  for (const float value : y) EXPECT_TRUE(std::isfinite(value));
}

INSTANTIATE_TEST_SUITE_P(All, ChainKernel, testing::ValuesIn(available_kernels()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tengen::nn
