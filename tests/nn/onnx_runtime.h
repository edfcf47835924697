// An independent ONNX runtime for the tests: onnxruntime-web, run by Node, where both are there.
// tools/test.sh puts the package into build/onnxruntime; TENGEN_ONNXRUNTIME names another folder.
#pragma once

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "nn/tensor.h"

namespace tengen::nn {

struct OnnxRun {
  std::string model;  // the file's bytes
  std::vector<std::string> input_names;
  std::vector<Tensor> inputs;
};
struct OnnxResult {
  std::string error;  // the runtime's; empty if it ran
  std::vector<Tensor> outputs;
};

class OnnxRuntime {
 public:
  // Nothing where Node or the package is absent; the test then skips with kHowToGetIt.
  static std::optional<OnnxRuntime> find() {
    const char* given = std::getenv("TENGEN_ONNXRUNTIME");
    const std::string packages = given ? given : TENGEN_SOURCE_DIR "/build/onnxruntime";
    if (!std::filesystem::exists(packages + "/node_modules/onnxruntime-web")) return std::nullopt;
    if (std::system("node --version >/dev/null 2>&1") != 0) return std::nullopt;
    return OnnxRuntime(packages);
  }
  static constexpr const char* kHowToGetIt =
      "needs node, and onnxruntime-web in build/onnxruntime (tools/test.sh installs it where npm "
      "is) or in the folder that TENGEN_ONNXRUNTIME names";

  // All in one process, for it takes a while to start. `folder`, which is there, receives the
  // files.
  std::vector<OnnxResult> run(const std::vector<OnnxRun>& runs, const std::string& folder) const {
    nlohmann::json cases = nlohmann::json::array();
    for (size_t i = 0; i < runs.size(); ++i) cases.push_back(written(runs[i], folder, i));
    std::ofstream(folder + "/cases.json") << cases.dump();
    const std::string command = "node '" TENGEN_SOURCE_DIR "/tests/nn/onnx/run_models.mjs' '" +
                                packages_ + "' '" + folder + "' >&2";
    CHECK(std::system(command.c_str()) == 0);
    std::vector<OnnxResult> results;
    for (const nlohmann::json& result : nlohmann::json::parse(read_file(folder + "/results.json")))
      results.push_back(read(result, folder));
    return results;
  }

 private:
  explicit OnnxRuntime(std::string packages) : packages_(std::move(packages)) {}

  static nlohmann::json written(const OnnxRun& run, const std::string& folder, size_t index) {
    const std::string stem = std::to_string(index);
    std::ofstream(folder + "/" + stem + ".onnx", std::ios::binary) << run.model;
    nlohmann::json inputs = nlohmann::json::array();
    for (size_t k = 0; k < run.inputs.size(); ++k) {
      const std::string file = stem + ".input" + std::to_string(k);
      const std::vector<float> values = run.inputs[k].to_vector();
      std::ofstream(folder + "/" + file, std::ios::binary)
          .write(reinterpret_cast<const char*>(values.data()),
                 static_cast<std::streamsize>(values.size() * sizeof(float)));
      inputs.push_back(
          {{"name", run.input_names[k]}, {"dims", run.inputs[k].shape().dims()}, {"file", file}});
    }
    return {{"model", stem + ".onnx"}, {"inputs", inputs}};
  }

  static OnnxResult read(const nlohmann::json& result, const std::string& folder) {
    if (result.contains("error")) return {result["error"].get<std::string>(), {}};
    OnnxResult out;
    for (const nlohmann::json& output : result["outputs"]) {
      const std::string bytes = read_file(folder + "/" + output["file"].get<std::string>());
      const Shape shape(output["dims"].get<std::vector<int64_t>>());
      std::vector<float> values(bytes.size() / sizeof(float));
      if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
      out.outputs.emplace_back(shape, values);
    }
    return out;
  }

  std::string packages_;
};

}  // namespace tengen::nn
