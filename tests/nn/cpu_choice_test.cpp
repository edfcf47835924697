// Which kernels run, and how TENGEN_CPU decides it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "nn/base/check.h"
#include "nn/cpu/kernels.h"

namespace tengen::nn {
namespace {

TEST(CpuChoice, KernelsAreFoundByName) {
  ASSERT_FALSE(available_kernels().empty());
  EXPECT_EQ(available_kernels().back(), "plain");
  for (const std::string& name : available_kernels()) EXPECT_EQ(kernels(name).name, name);
}

TEST(CpuChoice, UnknownNameListsWhatRuns) {
  try {
    kernels("sse9");
    FAIL() << "an unknown instruction set was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("sse9"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("plain"), std::string::npos);
  }
}

// The choice is made once a process, so each is made by a child. 7: an Error was thrown.
[[noreturn]] void exit_by_choice(const std::string& name) {
  setenv("TENGEN_CPU", name.c_str(), 1);
  try {
    std::exit(kernels().name == name ? 0 : 1);
  } catch (const Error&) {
    std::exit(7);
  }
}

TEST(CpuChoiceDeathTest, VariableIsObeyed) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const std::string& name : available_kernels())
    EXPECT_EXIT(exit_by_choice(name), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(exit_by_choice("sse9"), testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace tengen::nn
