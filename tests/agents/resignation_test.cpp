#include "agents/resignation.h"

#include <gtest/gtest.h>

namespace tengen::agents {
namespace {

TEST(Resignation, NeedsSeveralLostMovesInARow) {
  Resignation resignation(-0.9f, 3);
  EXPECT_FALSE(resignation.told(-0.95f, 40, 81));
  EXPECT_FALSE(resignation.told(-0.95f, 42, 81));
  EXPECT_FALSE(resignation.told(-0.5f, 44, 81));  // hope
  EXPECT_FALSE(resignation.told(-0.95f, 46, 81));
  EXPECT_FALSE(resignation.told(-0.95f, 48, 81));
  EXPECT_TRUE(resignation.told(-0.95f, 50, 81));
}

TEST(Resignation, NeverInTheOpening) {
  Resignation resignation(-0.9f, 1);
  EXPECT_FALSE(resignation.told(-1.0f, 19, 81));
  EXPECT_TRUE(resignation.told(-1.0f, 20, 81));
}

TEST(Resignation, ZeroMovesMeansNever) {
  Resignation resignation(-0.9f, 0);
  for (int move = 0; move < 100; ++move) EXPECT_FALSE(resignation.told(-1.0f, move, 81));
}

}  // namespace
}  // namespace tengen::agents
