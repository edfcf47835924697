#include "nn/io/onnx_model.h"

#include <string_view>

#include "nn/io/wire_format.h"

namespace tengen::nn {
namespace {

// Field numbers and codes of onnx.proto; fields are named there as in the comments here.
constexpr int kIrVersion = 8;  // that of opset 17
constexpr int64_t kFloatData = 1, kInt64Data = 7;
enum AttributeType { kFloat = 1, kInt = 2, kString = 3, kInts = 7, kStrings = 8 };

WireWriter attribute(const OnnxAttribute& from) {
  WireWriter to;
  to.bytes(1, from.name);
  const auto type = [&](AttributeType code) { to.varint(20, code); };
  if (const auto* number = std::get_if<float>(&from.value)) {
    to.float32(2, *number);  // f
    type(kFloat);
  } else if (const auto* integer = std::get_if<int64_t>(&from.value)) {
    to.varint(3, static_cast<uint64_t>(*integer));  // i
    type(kInt);
  } else if (const auto* text = std::get_if<std::string>(&from.value)) {
    to.bytes(4, *text);  // s
    type(kString);
  } else if (const auto* integers = std::get_if<std::vector<int64_t>>(&from.value)) {
    for (const int64_t value : *integers) to.varint(8, static_cast<uint64_t>(value));  // ints
    type(kInts);
  } else {
    for (const std::string& value : std::get<std::vector<std::string>>(from.value))
      to.bytes(9, value);  // strings
    type(kStrings);
  }
  return to;
}

WireWriter node(const OnnxNode& from) {
  WireWriter to;
  for (const std::string& name : from.inputs) to.bytes(1, name);
  for (const std::string& name : from.outputs) to.bytes(2, name);
  to.bytes(3, from.outputs.at(0));  // name
  to.bytes(4, from.type);           // op_type
  for (const OnnxAttribute& each : from.attributes) to.message(5, attribute(each));
  return to;
}

WireWriter tensor(const OnnxTensor& from) {
  WireWriter to;
  for (const int64_t dim : from.dims) to.varint(1, static_cast<uint64_t>(dim));
  const auto put = [&](int64_t data_type, const auto& values) {
    to.varint(2, static_cast<uint64_t>(data_type));
    to.bytes(8, from.name);
    to.bytes(9, {reinterpret_cast<const char*>(values.data()),  // raw_data
                 values.size() * sizeof values[0]});
  };
  if (const auto* floats = std::get_if<std::vector<float>>(&from.values)) {
    put(kFloatData, *floats);
  } else {
    put(kInt64Data, std::get<std::vector<int64_t>>(from.values));
  }
  return to;
}

WireWriter value_info(const OnnxValue& from) {
  WireWriter shape;
  for (const auto& dim : from.dims) {
    WireWriter to;
    if (const auto* size = std::get_if<int64_t>(&dim)) {
      to.varint(1, static_cast<uint64_t>(*size));  // dim_value
    } else {
      to.bytes(2, std::get<std::string>(dim));  // dim_param
    }
    shape.message(1, to);
  }
  WireWriter tensor_type, type, to;
  tensor_type.varint(1, static_cast<uint64_t>(kFloatData)).message(2, shape);
  type.message(1, tensor_type);
  to.bytes(1, from.name).message(2, type);
  return to;
}

}  // namespace

std::string onnx_bytes(const OnnxModel& model) {
  WireWriter graph;
  for (const OnnxNode& each : model.nodes) graph.message(1, node(each));
  graph.bytes(2, "network");
  for (const OnnxTensor& each : model.constants) graph.message(5, tensor(each));
  for (const OnnxValue& each : model.inputs) graph.message(11, value_info(each));
  for (const OnnxValue& each : model.outputs) graph.message(12, value_info(each));

  WireWriter opset, whole;
  opset.bytes(1, "").varint(2, kOnnxOpset);  // domain, version
  whole.varint(1, kIrVersion).bytes(2, "tengen").message(7, graph).message(8, opset);
  for (const auto& [key, value] : model.metadata) {
    WireWriter entry;
    entry.bytes(1, key).bytes(2, value);
    whole.message(14, entry);  // metadata_props
  }
  return whole.bytes();
}

}  // namespace tengen::nn
