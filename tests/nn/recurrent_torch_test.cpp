// The recurrent layers against libtorch 1.13.1: the same weights, both directions, outputs and the
// gradient of the input. Parameter p of torch's list is sin((0.7 + 0.1 p) k + 0.3 p), its first
// bias ours, its second added to it, but for a GRU's n, where it stands apart.
#include <gtest/gtest.h>

#include <cmath>

#include "nn/autograd.h"
#include "nn/layers/recurrent.h"

namespace tengen::nn {
namespace {

constexpr int64_t kIn = 2, kHidden = 3;

Tensor waves(const Shape& shape, double a, double b) {
  Tensor out(shape);
  for (int64_t k = 0; k < out.size(); ++k)
    out.values()[k] = static_cast<float>(std::sin(a * static_cast<double>(k) + b));
  return out;
}

// Torch's parameter [rows, columns] number `index`, transposed.
Tensor parameter(int index, int64_t rows, int64_t columns) {
  const Tensor theirs = waves({rows, columns}, 0.7 + 0.1 * index, 0.3 * index);
  Tensor ours({columns, rows});
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      ours.values()[c * rows + r] = theirs.values()[r * columns + c];
  return ours;
}

void copy_torch_parameters(RecurrentLayer& layer, int64_t gates) {
  int index = 0;
  for (NamedVar& own : layer.parameters()) {
    const int64_t rows = gates * kHidden;
    if (own.path.ends_with("input_weight")) {
      own.var.value().copy_from(parameter(index++, rows, kIn));
    } else if (own.path.ends_with("recurrent_weight")) {
      own.var.value().copy_from(parameter(index++, rows, kHidden));
    } else {
      const Tensor first = parameter(index, rows, 1), second = parameter(index + 1, rows, 1);
      index += 2;
      for (int64_t i = 0; i < own.var.value().size(); ++i) {
        const bool of_product = i >= rows, apart = gates == 3 && i >= 2 * kHidden && !of_product;
        own.var.value().values()[i] = of_product ? second.values()[i - kHidden]
                                      : apart    ? first.values()[i]
                                                 : first.values()[i] + second.values()[i];
      }
    }
  }
}

void expect_near(const Tensor& got, const std::vector<float>& expected) {
  ASSERT_EQ(got.size(), static_cast<int64_t>(expected.size()));
  for (int64_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got.values()[i], expected[i], 3e-6) << "element " << i;
}

template <class L>
void expect_torch(int64_t gates, const std::vector<float>& y, const std::vector<float>& dx) {
  Rng rng(1);
  L layer(kIn, kHidden, rng, {.bidirectional = true});
  copy_torch_parameters(layer, gates);
  const Var x(waves({2, 3, kIn}, 0.9, 0.2), true);
  const Var result = layer.forward(x);
  expect_near(result.value(), y);
  backward(sum(multiply(result, Var(waves(result.shape(), 1.3, 0.1)))));
  expect_near(x.grad(), dx);
}

TEST(RecurrentLikeTorch, Rnn) {
  expect_torch<Rnn>(1, {0.958090f, 0.994069f, 0.584087f,  0.999156f, -0.995180f, 0.290246f,
                        0.996837f, 0.988400f, 0.112705f,  0.999625f, -0.970919f, -0.895425f,
                        0.963018f, 0.424980f, -0.184168f, 0.478574f, 0.677570f,  -0.960523f,
                        0.902689f, 0.906478f, 0.556525f,  0.982979f, -0.951176f, 0.241623f,
                        0.998285f, 0.996450f, -0.049980f, 0.999916f, -0.996597f, -0.579225f,
                        0.969328f, 0.941007f, -0.107947f, 0.918396f, 0.240086f,  -0.981163f},
                    {-0.105498f, 0.093476f, -0.194356f, 0.176337f, -0.504745f, -0.518100f,
                     0.761765f, -0.770593f, -0.291255f, 0.161542f, -0.273545f, 0.286031f});
}

TEST(RecurrentLikeTorch, Lstm) {
  expect_torch<Lstm>(4, {0.349260f,  0.234528f, 0.057564f, -0.369897f, -0.193183f, 0.057858f,
                         0.395906f,  0.185928f, 0.181768f, -0.064176f, -0.162606f, 0.002184f,
                         0.147546f,  0.032572f, 0.193101f, -0.415558f, -0.129317f, -0.004547f,
                         -0.080152f, 0.106212f, 0.080906f, -0.471988f, -0.465335f, 0.031477f,
                         0.420500f,  0.273102f, 0.078567f, 0.104611f,  -0.116074f, 0.035352f,
                         0.279441f,  0.096693f, 0.226193f, -0.479607f, -0.289122f, -0.002718f},
                     {-0.335979f, -0.192982f, -0.295737f, 0.203253f, -0.695256f, -0.586765f,
                      -0.671771f, -0.376843f, -0.462693f, -0.433917f, -0.062446f, 0.259707f});
}

TEST(RecurrentLikeTorch, Gru) {
  expect_torch<Gru>(3, {0.513812f,  0.512412f,  0.300594f, -0.281047f, -0.424400f, -0.062203f,
                        0.779364f,  0.078980f,  0.527892f, -0.295927f, -0.230531f, -0.206896f,
                        0.600182f,  0.866499f,  0.955125f, -0.762302f, -0.001772f, -0.254562f,
                        -0.169431f, 0.723888f,  0.775214f, -0.668405f, -0.450786f, -0.046128f,
                        0.597149f,  -0.095021f, 0.757995f, -0.165233f, -0.414526f, -0.066242f,
                        0.449631f,  0.818074f,  0.925268f, -0.438718f, -0.077262f, -0.226172f},
                    {-0.141559f, -0.149251f, 0.352881f, 0.643874f, -0.002822f, 0.211611f,
                     -0.584960f, -0.382769f, 0.033391f, -0.460024f, -0.225353f, 0.116042f});
}

}  // namespace
}  // namespace tengen::nn
