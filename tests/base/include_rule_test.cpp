// Who may include whom: the arrows between the folders point one way only.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace tengen {
namespace {

namespace fs = std::filesystem;

// "nn/base" is the ground that everybody stands on; the rest of "nn" is not for games and search.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"nn/base", {"nn/base"}},
    {"nn", {"nn/base", "nn"}},
    {"envs", {"nn/base", "envs"}},
    {"search", {"nn/base", "envs", "search"}},
    {"agents", {"nn/base", "nn", "envs", "search", "agents"}},
    {"selfplay", {"nn/base", "nn", "envs", "search", "agents", "selfplay"}},
    {"tools", {"nn/base", "nn", "envs", "search", "agents", "selfplay", "tools"}},
};

std::string folder_of(const std::string& path) {
  if (path.starts_with("nn/base/")) return "nn/base";
  return path.substr(0, path.find('/'));
}

bool is_source(const fs::path& path) {
  return path.extension() == ".h" || path.extension() == ".cpp" || path.extension() == ".inc";
}

TEST(IncludeRule, ArrowsPointDownwards) {
  const fs::path root = TENGEN_SOURCE_DIR;
  const std::regex include(R"(^\s*#include \"([^\"]+)\")");
  int includes = 0;
  for (const auto& [top, ignored] : kMayInclude) {
    if (top == "nn/base") continue;  // visited with nn
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      const std::string from = fs::relative(entry.path(), root).string();
      std::ifstream file(entry.path());
      std::string line;
      std::smatch match;
      while (std::getline(file, line)) {
        if (!std::regex_search(line, match, include)) continue;
        ++includes;
        const std::string to = match[1];
        EXPECT_TRUE(kMayInclude.at(folder_of(from)).contains(folder_of(to)))
            << from << " may not include " << to;
        EXPECT_TRUE(fs::exists(root / to)) << from << " includes " << to << " not from the root";
      }
    }
  }
  EXPECT_GT(includes, 100) << "the test looked in the wrong place";
}

}  // namespace
}  // namespace tengen
