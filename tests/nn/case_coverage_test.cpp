// Nothing is forgotten: every function of ops.h and every layer stands in the case lists, and so
// is checked against finite differences.
#include <cxxabi.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <typeinfo>

#include "nn/io/atomic_file.h"
#include "tests/nn/layer_cases.h"

namespace tengen::nn {
namespace {

const std::string kRoot = TENGEN_SOURCE_DIR;

// All that `pattern` finds in `text`: pairs of its first and second group.
std::vector<std::pair<std::string, std::string>> found(const std::string& text,
                                                       const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::pair<std::string, std::string>> out;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
    out.emplace_back((*at)[1], (*at)[2]);
  return out;
}

std::string files_of(const std::string& folder, const std::string& begin, const std::string& end) {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot + folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(begin) && name.ends_with(end)) all += read_file(entry.path().string());
  }
  return all;
}

TEST(CaseCoverage, EveryOperationHasACase) {
  const std::string cases = files_of("/tests/nn", "op_cases", ".cpp");
  const auto functions = found(read_file(kRoot + "/nn/ops.h"), "\n(Var) ([a-z][a-z_0-9]*)\\(");
  EXPECT_GT(functions.size(), 30u);
  for (const auto& [type, name] : functions)
    EXPECT_TRUE(std::regex_search(cases, std::regex("\\b" + name + "\\b")))
        << "ops.h declares " << name << "; give it a case in tests/nn/op_cases_*.cpp";
}

std::string class_of(const Module& layer) {
  char* name = abi::__cxa_demangle(typeid(layer).name(), nullptr, nullptr, nullptr);
  const std::string full = name;
  std::free(name);
  return full.substr(full.rfind(':') + 1);
}

TEST(CaseCoverage, EveryLayerHasACase) {
  std::map<std::string, std::string> base_of;
  for (const auto& [name, base] :
       found(files_of("/nn/layers", "", ".h"), "class ([A-Z]\\w*) (?:final )?: public ([A-Z]\\w*)"))
    base_of[name] = base;
  base_of.erase("Layer");
  EXPECT_GT(base_of.size(), 10u);

  std::set<std::string> covered;
  for (const LayerCase& c : layer_cases())
    for (std::string name = class_of(*c.make()); base_of.contains(name); name = base_of[name])
      covered.insert(name);  // with what it is derived from
  for (const auto& [name, base] : base_of)
    EXPECT_TRUE(covered.contains(name))
        << "nn/layers declares " << name << "; give it a case in tests/nn/layer_cases*.cpp";
}

}  // namespace
}  // namespace tengen::nn
