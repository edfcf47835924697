#include "nn/base/check.h"

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(Check, PrintsBothSidesOfAComparison) {
  try {
    CHECK(2 + 2 == 5);
    FAIL() << "nothing was thrown";
  } catch (const CheckFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("2 + 2 == 5"), std::string::npos);
    EXPECT_NE(std::string(failure.what()).find("4 against 5"), std::string::npos);
  }
}

TEST(Check, PassesWhenTrue) {
  CHECK(1 < 2);
  CHECK(std::string("abc").size() == 3);
  CHECK(std::string("a") != "b");
  CHECK(true);
}

}  // namespace
}  // namespace tengen
