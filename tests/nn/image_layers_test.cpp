// Layers of images and sequences under a window: sizes, parameters, errors, and agreement with the
// operations they stand for.
#include <gtest/gtest.h>

#include "nn/base/check.h"
#include "nn/layers/conv1d.h"
#include "nn/layers/conv_transpose2d.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/sequential.h"
#include "tests/nn/op_cases.h"

namespace tengen::nn {
namespace {

Var spread(const Shape& shape) { return Var(Tensor(shape, spread_values(shape.size(), 1))); }

TEST(ImageLayers, PaddingKeepsTheSizeUnlessGiven) {
  Rng rng(1);
  Conv2d dilated(4, 6, {3, 5}, rng, {.dilation = {2, 1}, .groups = 2});
  EXPECT_EQ(dilated.forward(spread({2, 7, 8, 4})).shape(), (Shape{2, 7, 8, 6}));
  EXPECT_EQ(dilated.parameters()[0].var.shape(), (Shape{3, 5, 2, 6}));
  Conv2d valid(4, 6, 4, rng, {.stride = 2, .padding = 0});
  EXPECT_EQ(valid.forward(spread({2, 8, 9, 4})).shape(), (Shape{2, 3, 3, 6}));
  EXPECT_THROW(Conv2d(4, 6, 4, rng), CheckFailure);  // an even kernel keeps no size
  EXPECT_THROW(Conv2d(4, 6, 3, rng, {.groups = 4}), CheckFailure);
}

TEST(ImageLayers, Conv1dConvolvesOverTime) {
  Rng rng(1);
  Conv1d layer(2, 3, 3, rng, {.dilation = 2});
  const Var x = spread({1, 6, 2});
  const std::vector<float> w = layer.parameters()[0].var.value().to_vector();
  const std::vector<float> in = x.value().to_vector(), got = layer.forward(x).value().to_vector();
  ASSERT_EQ(got.size(), 6u * 3u);
  for (int t = 0; t < 6; ++t)
    for (int k = 0; k < 3; ++k) {
      double sum = 0.0;
      for (int tap = 0; tap < 3; ++tap)
        for (int c = 0; c < 2; ++c) {
          const int from = t + 2 * (tap - 1);
          if (from >= 0 && from < 6) sum += double{in[from * 2 + c]} * w[(tap * 2 + c) * 3 + k];
        }
      EXPECT_NEAR(got[t * 3 + k], sum, 1e-5) << t << " " << k;
    }
}

TEST(ImageLayers, ATransposedConvolutionUndoesTheSizesOfAStridedOne) {
  Rng rng(1);
  Conv2d down(3, 5, 3, rng, {.stride = 2, .padding = 1});
  ConvTranspose2d up(5, 3, 3, rng, {.stride = 2, .padding = 1, .output_padding = {1, 0}});
  const Shape image{2, 8, 7, 3};
  EXPECT_EQ(up.forward(down.forward(spread(image))).shape(), image);
}

TEST(ImageLayers, ConvReluPoolIsTheThreeLayers) {
  Rng rng(1);
  ConvReluPool layer(2, 16, 3, rng);
  const Var x = spread({3, 8, 8, 2});
  const std::vector<float> got = layer.forward(x).value().to_vector();
  const std::vector<float> expected =
      max_pool2d(relu(layer.Conv2d::forward(x)), {}).value().to_vector();
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-5);
}

TEST(ImageLayers, FlattenKeepsTheBatch) {
  EXPECT_EQ(Flatten().forward(spread({2, 3, 4, 5})).shape(), (Shape{2, 60}));
}

TEST(ImageLayers, AWrongShapeNamesTheLayer) {
  Rng rng(1);
  Sequential net;
  net.add<Conv2d>("conv", 4, 8, 3, rng).add<MaxPool2d>("pool").add<Conv1d>("time", 8, 8, 3, rng);
  try {
    net.forward(spread({2, 5, 5, 3}));
    ADD_FAILURE() << "three channels were accepted for four";
  } catch (const CheckFailure& failure) {
    EXPECT_STREQ(failure.what(), "net.conv: expected [N,H,W,4], got [2,5,5,3]");
  }
  try {
    net.forward(spread({2, 5, 5, 4}));
    ADD_FAILURE() << "an image was accepted as a sequence";
  } catch (const CheckFailure& failure) {
    EXPECT_STREQ(failure.what(), "net.time: expected [N,T,8], got [2,2,2,8]");
  }
}

}  // namespace
}  // namespace tengen::nn
