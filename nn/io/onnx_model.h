// An ONNX model as plain data, and its bytes: the messages of onnx.proto that an exported network
// needs (github.com/onnx/onnx, docs/IR.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tengen::nn {

struct OnnxAttribute {
  std::string name;
  std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<std::string>> value;
};

struct OnnxNode {
  std::string type;                          // "Conv"
  std::vector<std::string> inputs, outputs;  // names of values; "" where an optional one is absent
  std::vector<OnnxAttribute> attributes;
};

// A constant: floats, or whole numbers where ONNX wants those (shapes, axes).
struct OnnxTensor {
  std::string name;
  std::vector<int64_t> dims;
  std::variant<std::vector<float>, std::vector<int64_t>> values;
};

// An input or output: each axis a size or, like the batch, a name.
struct OnnxValue {
  std::string name;
  std::vector<std::variant<int64_t, std::string>> dims;
};

struct OnnxModel {
  std::vector<OnnxNode> nodes;  // in order of computation
  std::vector<OnnxTensor> constants;
  std::vector<OnnxValue> inputs, outputs;
  std::map<std::string, std::string> metadata;
};

inline constexpr int kOnnxOpset = 17;  // of 2022: the oldest with LayerNormalization

std::string onnx_bytes(const OnnxModel& model);

}  // namespace tengen::nn
