// Planes arrive on the device as they left, and only those that fit are packed.
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "envs/games.h"
#include "nn/base/rng.h"
#include "nn/cuda/packed_planes.h"
#include "nn/cuda/plan_kernels.h"
#include "tests/cuda/device_floats.h"
#include "tests/cuda/device_under_test.h"
#include "tests/cuda/device_values.h"

namespace tengen::nn {
namespace {

using PackedPlanes = OnGpu<>;

std::vector<uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<uint32_t> bits;
  for (const float x : values) bits.push_back(std::bit_cast<uint32_t>(x));
  return bits;
}

// Rows of [points, planes] there and back, as [points, stride] for each.
std::vector<float> expanded(const PlanesShape& shape, const std::vector<float>& x, int64_t stride) {
  const int64_t row = shape.points * shape.planes, rows = std::ssize(x) / row;
  std::vector<float> packed(static_cast<size_t>(rows * shape.words()));
  for (int64_t i = 0; i < rows; ++i)
    EXPECT_TRUE(pack_planes(shape, x.data() + i * row,
                            reinterpret_cast<uint32_t*>(packed.data()) + i * shape.words()));
  const DeviceFloats from(packed);
  const DeviceFloats to(std::vector<float>(static_cast<size_t>(rows * shape.points * stride), 7));
  expand_planes(shape, rows, reinterpret_cast<const uint32_t*>(from.data()), to.data(), stride,
                device_under_test().stream());
  device_under_test().synchronize();
  return to.read();
}

// Every feature of Go, in games of several lengths, on boards whose points end within a word and
// on its border.
TEST_F(PackedPlanes, FeaturesOfGoArriveToTheBit) {
  for (const char* game : {"go:size=5", "go:size=9", "go:size=8"}) {
    const auto state = envs::new_game(game);
    const envs::GameSpec& spec = state->spec();
    const PlanesShape shape{spec.height * spec.width, spec.planes};
    std::vector<float> x;
    Rng rng(3);
    for (int row = 0; row < 4; ++row) {
      for (int move = 0; move < 7; ++move) state->play(state->playout_move(rng));
      std::vector<float> planes(static_cast<size_t>(shape.points * shape.planes));
      state->encode(row, planes.data());
      x.insert(x.end(), planes.begin(), planes.end());
    }
    EXPECT_EQ(bits_of(expanded(shape, x, shape.planes)), bits_of(x)) << game;
    EXPECT_LT(shape.words() * 4, shape.points * shape.planes);
  }
}

TEST_F(PackedPlanes, EveryNumberMayBeTheOther) {
  const std::vector<float> x{-0.0f, 0, 1e-40f, std::numeric_limits<float>::infinity(),  //
                             0,     0, 0,      0,                                       //
                             -0.0f, 3, 1e-40f, 0};
  EXPECT_EQ(bits_of(expanded({3, 4}, x, 4)), bits_of(x));
}

TEST_F(PackedPlanes, AThirdNumberIsRefused) {
  std::vector<float> x(40 * 3);
  x[5] = 1.0f;
  std::vector<uint32_t> packed(static_cast<size_t>(PlanesShape{40, 3}.words()));
  EXPECT_TRUE(pack_planes({40, 3}, x.data(), packed.data()));
  x[39 * 3 + 2] = 2.0f;  // of the same plane, in another word
  EXPECT_FALSE(pack_planes({40, 3}, x.data(), packed.data()));
  x[39 * 3 + 2] = -0.0f;  // is not 0
  EXPECT_FALSE(pack_planes({40, 3}, x.data(), packed.data()));
}

TEST_F(PackedPlanes, HalvesArePaddedWithZeros) {
  const PlanesShape shape{35, 3};
  std::vector<float> x(static_cast<size_t>(2 * shape.points * shape.planes));
  for (size_t i = 0; i < x.size(); i += 2) x[i] = 0.5f + static_cast<float>(i % 3);
  std::vector<float> packed(static_cast<size_t>(2 * shape.words()));
  for (int64_t i = 0; i < 2; ++i)
    ASSERT_TRUE(pack_planes(shape, x.data() + i * shape.points * shape.planes,
                            reinterpret_cast<uint32_t*>(packed.data()) + i * shape.words()));
  const DeviceFloats from(packed);
  const DeviceValues<__half> to(std::vector<float>(static_cast<size_t>(2 * shape.points * 8), 7));
  expand_planes(shape, 2, reinterpret_cast<const uint32_t*>(from.data()), to.data(), 8,
                device_under_test().stream());
  device_under_test().synchronize();
  const std::vector<float> got = to.read();
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_EQ(got[i], i % 8 < 3 ? x[i / 8 * 3 + i % 8] : 0.0f) << i;
}

}  // namespace
}  // namespace tengen::nn
