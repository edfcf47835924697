// The descriptors of the double of cuDNN: attributes by name, with their types.
#pragma once

#include <cudnn_graph.h>

#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

namespace tengen::emulation {

struct CudnnRefusal : std::runtime_error {
  CudnnRefusal(cudnnStatus_t status, const std::string& reason)
      : std::runtime_error(reason), status(status) {}
  cudnnStatus_t status;
};

inline void require(bool is_so, const char* what) {
  if (!is_so) throw CudnnRefusal(CUDNN_STATUS_BAD_PARAM, what);
}

struct Description;
using Described = std::shared_ptr<Description>;

struct Attribute {
  cudnnBackendAttributeType_t type;
  int64_t count = 0;
  std::vector<unsigned char> bytes;     // of plain values
  std::vector<Described> descriptions;  // of descriptors
};

struct Description {
  explicit Description(cudnnBackendDescriptorType_t type) : type(type) {}

  const Attribute& at(cudnnBackendAttributeName_t name) const {
    const auto it = attributes.find(name);
    if (it == attributes.end())
      throw CudnnRefusal(CUDNN_STATUS_BAD_PARAM, "attribute " + std::to_string(name) +
                                                     " of descriptor " + std::to_string(type) +
                                                     " is not set");
    return it->second;
  }
  bool has(cudnnBackendAttributeName_t name) const { return attributes.contains(name); }
  template <class Value>
  std::vector<Value> values(cudnnBackendAttributeName_t name) const {
    const Attribute& from = at(name);
    require(from.bytes.size() == static_cast<size_t>(from.count) * sizeof(Value), "size of values");
    std::vector<Value> result(static_cast<size_t>(from.count));
    std::memcpy(result.data(), from.bytes.data(), from.bytes.size());
    return result;
  }
  template <class Value>
  Value value(cudnnBackendAttributeName_t name) const {
    const auto all = values<Value>(name);
    require(all.size() == 1, "one value");
    return all[0];
  }
  const Described& child(cudnnBackendAttributeName_t name) const {
    const auto& all = at(name).descriptions;
    require(all.size() == 1, "one descriptor");
    return all[0];
  }

  cudnnBackendDescriptorType_t type;
  bool is_final = false;
  std::map<cudnnBackendAttributeName_t, Attribute> attributes;
};

template <class Value>
Attribute attribute_of(cudnnBackendAttributeType_t type, const std::vector<Value>& values) {
  Attribute made{type, static_cast<int64_t>(values.size()), {}, {}};
  made.bytes.resize(values.size() * sizeof(Value));
  std::memcpy(made.bytes.data(), values.data(), made.bytes.size());
  return made;
}
inline Attribute attribute_of(const std::vector<Described>& descriptions) {
  return {
      CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<int64_t>(descriptions.size()), {}, descriptions};
}

// Checks what must be set, and how it fits together. Throws a CudnnRefusal.
void check_description(const Description& description);

// Computes the operations in their order. `pointers`: of the tensors of memory, by number. Factors
// in float32 are rounded to TF32 if so told.
void compute(const Description& graph, const std::map<int64_t, void*>& pointers, bool tf32);

}  // namespace tengen::emulation
