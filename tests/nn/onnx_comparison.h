// Exported models beside what they should compute, run together in the independent runtime.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "nn/autograd.h"
#include "tests/nn/onnx_runtime.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {

// Empty if the two agree to 1e-4 of the largest number.
inline std::string difference(const Tensor& got, const Tensor& want) {
  if (got.shape() != want.shape()) return got.shape().text() + " against " + want.shape().text();
  const std::vector<float> a = got.to_vector(), b = want.to_vector();
  float scale = 1.0f;
  for (const float value : b) scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(a[i] - b[i]) <= 1e-4f * scale))
      return "element " + std::to_string(i) + ": " + std::to_string(a[i]) + " against " +
             std::to_string(b[i]);
  return "";
}

class Comparison {
 public:
  void add(const std::string& name, std::string model, const std::vector<Tensor>& inputs,
           const std::vector<Var>& expected) {
    OnnxRun run{std::move(model), {}, inputs};
    for (size_t k = 0; k < inputs.size(); ++k)
      run.input_names.push_back(inputs.size() == 1 ? "input" : "input" + std::to_string(k));
    runs_.push_back(std::move(run));
    names_.push_back(name);
    expected_.push_back(expected);
  }

  void expect_equal(const OnnxRuntime& runtime) const {
    const ScratchFolder folder;
    const std::vector<OnnxResult> results = runtime.run(runs_, folder.path());
    ASSERT_EQ(results.size(), runs_.size());
    for (size_t i = 0; i < results.size(); ++i) {
      EXPECT_EQ(results[i].error, "") << names_[i];
      if (!results[i].error.empty()) continue;
      ASSERT_EQ(results[i].outputs.size(), expected_[i].size()) << names_[i];
      for (size_t k = 0; k < expected_[i].size(); ++k)
        EXPECT_EQ(difference(results[i].outputs[k], expected_[i][k].value()), "") << names_[i];
    }
  }

 private:
  std::vector<OnnxRun> runs_;
  std::vector<std::string> names_;
  std::vector<std::vector<Var>> expected_;
};

}  // namespace tengen::nn
