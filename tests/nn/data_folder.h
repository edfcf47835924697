// Where real data lies, for tests that want some: the folder in TENGEN_DATA, or shared/data beside
// the source. A test that does not find its file skips.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace tengen::nn {

// The path of `name` in the data folder, or "" if it is not there.
inline std::string data_path(const std::string& name) {
  const char* set = std::getenv("TENGEN_DATA");
  const std::filesystem::path folder =
      set ? set : std::filesystem::path(TENGEN_SOURCE_DIR) / ".." / "shared" / "data";
  const std::filesystem::path path = folder / name;
  return std::filesystem::exists(path) ? path.string() : std::string();
}

}  // namespace tengen::nn

// Defines `path` in a test's body, or skips the test.
#define DATA_OR_SKIP(path, name)                        \
  const std::string path = tengen::nn::data_path(name); \
  if (path.empty()) GTEST_SKIP() << name << " is not there: set TENGEN_DATA to a folder with it"
