// Runs of convolutions in one launch against the reference device, layer by layer.
#include "nn/cuda/own_trunk.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "tests/cuda/device_under_test.h"
#include "tests/cuda/device_values.h"
#include "tests/cuda/half_oracle.h"
#include "tests/cuda/trunk_layers.h"

namespace tengen::nn {
namespace {

using OwnTrunk = OnGpu<>;

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

void check(const Layers& run, int positions = 0) {
  const Conv2dShape& s = run.layers[0].parts.shape;
  SCOPED_TRACE(testing::Message() << run.layers.size() << " layers, " << s.n << " x " << s.height
                                  << " x " << s.width << ", " << s.in << " channels");
  const auto trunk = make_own_trunk(run.layers, run.outputs, positions);
  ASSERT_NE(trunk, nullptr);
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
  trunk->run(inputs, outputs, nullptr);
  values = expected_values(run, values);
  // Sums in another order can round a value on the way to its other neighbour; that is 2^-10 of
  // it, which a weight makes smaller and several of them add up to less than one more rounding of
  // the result for each layer.
  for (size_t i = 0; i < run.outputs.size(); ++i)
    expect_near(memory[inputs.size() + i].read(), values.at(run.outputs[i]),
                static_cast<double>(run.layers.size()));
}

TEST_F(OwnTrunk, RunsBlocksOfEitherKind) {
  HalfNumbers numbers(1);
  check(blocks_that_end_in_a_rectifier(numbers, board(5, 9, 9, 32, 32), 2));
  check(blocks_that_begin_with_a_rectifier(numbers, board(5, 9, 9, 32, 32), 2));
}

TEST_F(OwnTrunk, KnowsTheBoardsOfGo) {
  HalfNumbers numbers(2);
  check(blocks_that_end_in_a_rectifier(numbers, board(2, 13, 13, 16, 16), 1));
  check(blocks_that_begin_with_a_rectifier(numbers, board(1, 19, 19, 16, 16), 1));
}

TEST_F(OwnTrunk, KnowsOtherBoardsAndKernels) {
  HalfNumbers numbers(3);
  check(blocks_that_end_in_a_rectifier(numbers, board(7, 4, 6, 16, 16), 1));
  check(blocks_that_begin_with_a_rectifier(numbers, board(3, 9, 9, 16, 16, 1), 1));
  check(blocks_that_end_in_a_rectifier(numbers, board(2, 6, 9, 16, 16, 5), 1));
}

// 80 channels are 96 in shared memory, 48 are 64 and 48 columns of the product.
TEST_F(OwnTrunk, KnowsAnyNumberOfChannels) {
  HalfNumbers numbers(4);
  for (const int64_t channels : {24, 48, 64, 80, 96, 128})
    check(blocks_that_begin_with_a_rectifier(numbers, board(1, 5, 5, channels, channels), 1));
}

// Of seven positions the last block has one, and three.
TEST_F(OwnTrunk, TakesSeveralPositionsToABlock) {
  HalfNumbers numbers(5);
  const Layers run = blocks_that_begin_with_a_rectifier(numbers, board(7, 9, 9, 48, 48), 1);
  for (const int positions : {2, 3, 4}) check(run, positions);
}

TEST_F(OwnTrunk, JoinsLayersByTheirValues) {
  HalfNumbers numbers(6);
  const Conv2dShape shape = board(2, 5, 5, 16, 16);
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

TEST_F(OwnTrunk, LeavesToOthersWhatItDoesNotKnow) {
  HalfNumbers numbers(7);
  Layers run = blocks_that_end_in_a_rectifier(numbers, board(1, 5, 5, 16, 16), 1);
  run.layers[1].parts.has_row_bias = true;
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
  run = blocks_that_end_in_a_rectifier(numbers, board(1, 5, 5, 16, 16), 1);
  run.layers[1].parts = numbers.parts(board(1, 6, 5, 16, 16));
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
  EXPECT_EQ(make_own_trunk({}, {}), nullptr);
  // More than the shared memory, and more than the registers, of a block.
  run = blocks_that_end_in_a_rectifier(numbers, board(1, 25, 25, 96, 96), 1);
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
  run = blocks_that_end_in_a_rectifier(numbers, board(1, 30, 30, 16, 16), 1);
  EXPECT_EQ(make_own_trunk(run.layers, run.outputs), nullptr);
}

}  // namespace
}  // namespace tengen::nn
