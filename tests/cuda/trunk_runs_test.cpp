// Which steps of a plan a trunk takes together, and in which buffers their values lie.
#include "nn/cuda/trunk_runs.h"

#include <gtest/gtest.h>

#include <vector>

#include "nn/base/check.h"
#include "nn/cuda/trunk_buffers.h"

namespace tengen::nn {
namespace {

TrunkLayer layer(int x, int y, int residual = -1, int then_y = -1, int64_t in = 32,
                 int64_t out = 32) {
  TrunkLayer result;
  result.parts.shape.n = 1;
  result.parts.shape.height = result.parts.shape.width = 9;
  result.parts.shape.in = in;
  result.parts.shape.out = out;
  result.x = x, result.y = y, result.residual = residual, result.then_y = then_y;
  return result;
}

// A stem, two blocks, something else that reads their result, and two more convolutions, of which
// a row bias keeps the second apart.
std::vector<PlannedStep> steps_of_a_network() {
  std::vector<PlannedStep> steps;
  steps.push_back({layer(0, 1, -1, 2, 24), {}});
  steps.push_back({layer(2, 3), {}});
  steps.push_back({layer(3, 4, 1, 5), {}});
  steps.push_back({layer(5, 6), {}});
  steps.push_back({layer(6, 7, 4, 8), {}});
  steps.push_back({std::nullopt, {8}});
  steps.push_back({layer(7, 9), {}});
  steps.push_back({layer(9, 10), {}});
  steps.back().layer->parts.has_row_bias = true;
  return steps;
}

TEST(TrunkRuns, AreConvolutionsOfOneShapeBehindEachOther) {
  const std::vector<TrunkRun> runs = find_trunk_runs(steps_of_a_network(), {});
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].begin, 1u);
  EXPECT_EQ(runs[0].end, 5u);
  EXPECT_EQ(runs[0].outputs, (std::vector<int>{7, 8}));
}

TEST(TrunkRuns, LeaveWhatIsWantedInTheEnd) {
  const std::vector<int> wanted{4};
  const std::vector<TrunkRun> runs = find_trunk_runs(steps_of_a_network(), wanted);
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].outputs, (std::vector<int>{4, 7, 8}));
}

TEST(TrunkRuns, OfAnotherShapeBeginAnew) {
  std::vector<PlannedStep> steps;
  for (const int64_t channels : {16, 16, 32, 32, 32})
    steps.push_back({layer(static_cast<int>(steps.size()), static_cast<int>(steps.size()) + 1, -1,
                           -1, channels, channels),
                     {}});
  const std::vector<TrunkRun> runs = find_trunk_runs(steps, {});
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].end, 2u);
  EXPECT_EQ(runs[0].outputs, (std::vector<int>{2}));
  EXPECT_EQ(runs[1].begin, 2u);
  EXPECT_EQ(runs[1].end, 5u);
}

TEST(TrunkBuffers, AreTwoForResidualBlocks) {
  const std::vector<int> last_of_first{4}, last_of_second{7, 8};
  // y = relu(conv(relu(conv(x))) + x), twice.
  const std::vector<TrunkLayer> ending{layer(0, 1), layer(1, 2, 0), layer(2, 3), layer(3, 4, 2)};
  EXPECT_EQ(assign_buffers(ending, last_of_first).count, 2);
  // Of two inputs, the stream and what the first convolution reads of it.
  const std::vector<TrunkLayer> beginning{layer(2, 3), layer(3, 4, 1, 5), layer(5, 6),
                                          layer(6, 7, 4, 8)};
  const TrunkBuffers buffers = assign_buffers(beginning, last_of_second);
  EXPECT_EQ(buffers.count, 2);
  EXPECT_EQ(buffers.inputs, (std::vector<int>{2, 1}));
  EXPECT_NE(buffers.output_buffers[0], buffers.output_buffers[1]);
}

TEST(TrunkBuffers, KeepAValueUntilItsLastReader) {
  const std::vector<int> outputs{4};
  const std::vector<TrunkLayer> layers{layer(0, 1), layer(1, 2), layer(2, 3), layer(3, 4, 0)};
  const TrunkBuffers buffers = assign_buffers(layers, outputs);
  for (size_t i = 0; i + 1 < layers.size(); ++i)
    EXPECT_NE(buffers.layers[i].y, buffers.input_buffers[0]) << "layer " << i;
  EXPECT_EQ(buffers.layers[3].residual, buffers.input_buffers[0]);
}

TEST(TrunkBuffers, GiveNoneToWhatNobodyReads) {
  const std::vector<int> outputs{2};
  const std::vector<TrunkLayer> layers{layer(0, 1, -1, 5), layer(1, 2)};
  EXPECT_EQ(assign_buffers(layers, outputs).layers[0].then_y, -1);
}

TEST(TrunkBuffers, RefuseAnOrderThatCannotBe) {
  const std::vector<int> outputs{2};
  EXPECT_THROW(assign_buffers(std::vector<TrunkLayer>{layer(1, 2), layer(0, 1)}, outputs),
               CheckFailure);
  EXPECT_THROW(assign_buffers(std::vector<TrunkLayer>{layer(0, 1)}, outputs), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
