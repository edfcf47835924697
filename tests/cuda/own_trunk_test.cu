// Runs of convolutions in one launch against the reference device, layer by layer.
#include "nn/cuda/own_trunk.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/cuda/device_values.h"
#include "tests/cuda/emulation/runtime.h"
#include "tests/cuda/half_oracle.h"

namespace tengen::nn {
namespace {

Conv2dShape board(int64_t n, int64_t height, int64_t width, int64_t channels, int64_t kernel = 3) {
  Conv2dShape shape;
  shape.n = n, shape.height = height, shape.width = width, shape.in = shape.out = channels;
  shape.kernel_h = shape.kernel_w = kernel;
  shape.padding = kernel / 2;
  return shape;
}

struct Layers {
  std::vector<TrunkLayer> layers;
  std::vector<int> outputs;
};

// Blocks of He et al. 2015: y = relu(conv(relu(conv(x))) + x). Value 0 is the input.
Layers blocks_that_end_in_a_rectifier(HalfNumbers& numbers, const Conv2dShape& shape, int blocks) {
  Layers run;
  int value = 0;
  for (int i = 0; i < blocks; ++i, value += 2) {
    for (const bool second : {false, true}) {
      TrunkLayer layer{numbers.parts(shape)};
      layer.parts.factor.clear(), layer.parts.term.clear();
      layer.parts.relu = true;
      layer.parts.has_residual = second;
      layer.x = second ? value + 1 : value;
      if (second) layer.residual = value;
      layer.y = layer.x + 1;
      run.layers.push_back(layer);
    }
  }
  run.outputs = {value};
  return run;
}

// Blocks of He et al. 2016, which begin with normalisation and rectifier: the inputs are value 0
// and what the first convolution reads, 1. The last leaves both of these too.
Layers blocks_that_begin_with_a_rectifier(HalfNumbers& numbers, const Conv2dShape& shape,
                                          int blocks) {
  Layers run;
  int stream = 0;
  for (int i = 0; i < blocks; ++i, stream += 3) {
    TrunkLayer first{numbers.parts(shape)};
    first.parts.factor.clear(), first.parts.term.clear();
    first.parts.relu = true;
    first.x = stream + 1;
    first.y = stream + 2;
    TrunkLayer second{numbers.parts(shape)};
    second.parts.has_residual = second.parts.then_relu = true;
    second.x = first.y;
    second.residual = stream;
    second.y = stream + 3;
    second.then_y = stream + 4;
    run.layers.push_back(first);
    run.layers.push_back(second);
  }
  run.outputs = {stream, stream + 1};
  return run;
}

// The values of a run, each rounded to half where the trunk rounds it.
std::map<int, std::vector<float>> expected_values(const Layers& run,
                                                  std::map<int, std::vector<float>> values) {
  for (const TrunkLayer& layer : run.layers) {
    HalfResults results =
        expected_results(layer.parts, values.at(layer.x), {},
                         layer.residual < 0 ? std::vector<float>() : values.at(layer.residual));
    for (auto* made : {&results.y, &results.then_y})
      for (float& v : *made) v = rounded_to_half(v);
    if (layer.y >= 0) values[layer.y] = results.y;
    if (layer.then_y >= 0) values[layer.then_y] = results.then_y;
  }
  return values;
}

void check(const Layers& run, const std::string& name = "") {
  const Conv2dShape& s = run.layers[0].parts.shape;
  SCOPED_TRACE(testing::Message() << run.layers.size() << " layers, " << s.n << " x " << s.height
                                  << " x " << s.width << ", " << s.in << " channels");
  const auto trunk = make_own_trunk(run.layers, run.outputs);
  ASSERT_NE(trunk, nullptr);
  if (!name.empty()) {
    EXPECT_EQ(trunk->name(), name);
  }
  const auto size = static_cast<size_t>(s.n * s.height * s.width * s.out);
  HalfNumbers numbers(5);
  std::map<int, std::vector<float>> values;
  std::vector<DeviceValues<__half>> memory;
  std::vector<const __half*> inputs;
  std::vector<__half*> outputs;
  for (const int value : trunk->inputs()) {
    values[value] = numbers.values(size);
    memory.emplace_back(values[value]);
    inputs.push_back(memory.back().data());
  }
  for (size_t i = 0; i < run.outputs.size(); ++i) {
    memory.emplace_back(std::vector<float>(size, NAN));
    outputs.push_back(memory.back().data());
  }
  const size_t launches = emulation::launches();
  trunk->run(inputs, outputs, nullptr);
  EXPECT_EQ(emulation::launches(), launches + 1);
  values = expected_values(run, values);
  // Sums in another order can round a value on the way to its other neighbour; that is 2^-10 of
  // it, which a weight makes smaller and several of them add up to less than one more rounding of
  // the result for each layer.
  for (size_t i = 0; i < run.outputs.size(); ++i)
    expect_near(memory[inputs.size() + i].read(), values.at(run.outputs[i]),
                static_cast<double>(run.layers.size()));
}

TEST(OwnTrunk, RunsBlocksOfEitherKind) {
  HalfNumbers numbers(1);
  check(blocks_that_end_in_a_rectifier(numbers, board(5, 9, 9, 32), 2));
  check(blocks_that_begin_with_a_rectifier(numbers, board(5, 9, 9, 32), 2));
}

TEST(OwnTrunk, KnowsTheBoardsOfGo) {
  HalfNumbers numbers(2);
  check(blocks_that_end_in_a_rectifier(numbers, board(2, 13, 13, 16), 1));
  check(blocks_that_begin_with_a_rectifier(numbers, board(1, 19, 19, 16), 1));
}

TEST(OwnTrunk, KnowsOtherBoardsAndKernels) {
  HalfNumbers numbers(3);
  check(blocks_that_end_in_a_rectifier(numbers, board(7, 4, 6, 16), 1));
  check(blocks_that_begin_with_a_rectifier(numbers, board(3, 9, 9, 16, 1), 1));
  check(blocks_that_end_in_a_rectifier(numbers, board(2, 6, 9, 16, 5), 1));
}

// 80 channels are 96 in shared memory, 48 are 64 and 48 columns of the product.
TEST(OwnTrunk, KnowsAnyNumberOfChannels) {
  HalfNumbers numbers(4);
  for (const int64_t channels : {24, 48, 64, 80, 96, 128})
    check(blocks_that_begin_with_a_rectifier(numbers, board(1, 5, 5, channels), 1));
}

// There are four multiprocessors. Of the many positions the last block has fewer.
TEST(OwnTrunk, TakesSeveralPositionsToABlock) {
  HalfNumbers numbers(5);
  check(blocks_that_end_in_a_rectifier(numbers, board(4, 9, 9, 32), 1),
        "own trunk of 2, 1 positions a block");
  check(blocks_that_begin_with_a_rectifier(numbers, board(23, 9, 9, 48), 1),
        "own trunk of 2, 3 positions a block");
}

// The limits of other chips: 99 KB of shared memory in a block from compute capability 8.6 on, 163
// at 8.0, and no copies beside the computation before.
TEST(OwnTrunk, FitsTheDevice) {
  HalfNumbers numbers(8);
  const Layers run = blocks_that_end_in_a_rectifier(numbers, board(100, 9, 9, 96), 1);
  const auto positions = [&] {
    const auto trunk = make_own_trunk(run.layers, run.outputs);
    return trunk ? trunk->name() : "none";
  };
  EXPECT_EQ(positions(), "own trunk of 2, 3 positions a block");
  emulation::faults().most_shared_bytes = 163 << 10;
  EXPECT_EQ(positions(), "own trunk of 2, 3 positions a block");
  emulation::faults().most_shared_bytes = 99 << 10;
  EXPECT_EQ(positions(), "own trunk of 2, 2 positions a block");
  emulation::faults().compute_major = 7;
  EXPECT_EQ(positions(), "none");
  emulation::faults() = {};
}

TEST(OwnTrunk, JoinsLayersByTheirValues) {
  HalfNumbers numbers(6);
  const Conv2dShape shape = board(2, 5, 5, 16);
  Layers run;
  // A value that is read again later, one that nobody reads, and then_y without y.
  TrunkLayer layer{numbers.parts(shape)};
  layer.x = 7, layer.y = 1, layer.then_y = 2;
  run.layers.push_back(layer);
  layer.parts = numbers.parts(shape);
  layer.parts.keeps_y = false;
  layer.x = 7, layer.y = -1, layer.then_y = 3;
  run.layers.push_back(layer);
  layer.parts = numbers.parts(shape);
  layer.parts.has_residual = layer.parts.keeps_y = true;
  layer.x = 3, layer.residual = 2, layer.y = 4, layer.then_y = 5;
  run.layers.push_back(layer);
  layer.parts = numbers.parts(shape);
  layer.parts.has_residual = true;
  layer.parts.factor.clear(), layer.parts.term.clear();
  layer.x = 4, layer.residual = 4, layer.y = 6, layer.then_y = -1;
  run.layers.push_back(layer);
  run.outputs = {6, 5};
  check(run);
}

TEST(OwnTrunk, LeavesToOthersWhatItDoesNotKnow) {
  HalfNumbers numbers(7);
  Layers run = blocks_that_end_in_a_rectifier(numbers, board(1, 5, 5, 16), 1);
  run.layers[1].parts.has_row_bias = true;
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
  run = blocks_that_end_in_a_rectifier(numbers, board(1, 5, 5, 16), 1);
  run.layers[1].parts = numbers.parts(board(1, 6, 5, 16));
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
  EXPECT_EQ(make_own_trunk({}, {}), nullptr);
  // More than the shared memory, and more than the registers, of a block.
  run = blocks_that_end_in_a_rectifier(numbers, board(1, 25, 25, 96), 1);
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
  run = blocks_that_end_in_a_rectifier(numbers, board(1, 30, 30, 16), 1);
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
}

}  // namespace
}  // namespace tengen::nn
