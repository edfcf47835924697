// A descriptor of cuDNN's graph API: everything there is one, a tensor as well as a plan. It is
// given attributes, finalised, and then used or asked. Copies are the same descriptor; it lives
// until nobody has it, and whatever it was given lives as long.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "nn/cuda/cudnn_library.h"

namespace tengen::nn {

// The tag that says what an attribute's values are.
template <class Value>
constexpr cudnnBackendAttributeType_t cudnn_type() {
  if constexpr (std::is_same_v<Value, int64_t>) return CUDNN_TYPE_INT64;
  if constexpr (std::is_same_v<Value, float>) return CUDNN_TYPE_FLOAT;
  if constexpr (std::is_same_v<Value, bool>) return CUDNN_TYPE_BOOLEAN;
  if constexpr (std::is_same_v<Value, char>) return CUDNN_TYPE_CHAR;
  if constexpr (std::is_same_v<Value, cudnnHandle_t>) return CUDNN_TYPE_HANDLE;
  if constexpr (std::is_same_v<Value, cudnnDataType_t>) return CUDNN_TYPE_DATA_TYPE;
  if constexpr (std::is_same_v<Value, cudnnConvolutionMode_t>) return CUDNN_TYPE_CONVOLUTION_MODE;
  if constexpr (std::is_same_v<Value, cudnnPointwiseMode_t>) return CUDNN_TYPE_POINTWISE_MODE;
  if constexpr (std::is_same_v<Value, cudnnBackendHeurMode_t>) return CUDNN_TYPE_HEUR_MODE;
  if constexpr (std::is_same_v<Value, cudnnBackendKnobType_t>) return CUDNN_TYPE_KNOB_TYPE;
  if constexpr (std::is_same_v<Value, cudnnBackendNumericalNote_t>)
    return CUDNN_TYPE_NUMERICAL_NOTE;
  if constexpr (std::is_same_v<Value, cudnnBackendBehaviorNote_t>) return CUDNN_TYPE_BEHAVIOR_NOTE;
}

class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type);

  template <class Value>
  void set(cudnnBackendAttributeName_t name, const Value& value) {
    set_raw(name, cudnn_type<Value>(), 1, &value);
  }
  template <class Value>
  void set(cudnnBackendAttributeName_t name, const std::vector<Value>& values) {
    set_raw(name, cudnn_type<Value>(), static_cast<int64_t>(values.size()), values.data());
  }
  void set(cudnnBackendAttributeName_t name, std::string_view text) {
    set_raw(name, CUDNN_TYPE_CHAR, static_cast<int64_t>(text.size()), text.data());
  }
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& value);
  void set(cudnnBackendAttributeName_t name, const std::vector<CudnnDescriptor>& values);
  void set_pointers(cudnnBackendAttributeName_t name, const std::vector<void*>& pointers);

  void finalize();
  // False where cuDNN does not support what is described or fails at it; an Error if the
  // description is wrong, memory is short or the device lost.
  bool finalize_if_supported();

  template <class Value>
  std::vector<Value> get(cudnnBackendAttributeName_t name) const {
    int64_t count = 0;
    get_raw(name, cudnn_type<Value>(), 0, &count, nullptr);
    std::vector<Value> values(static_cast<size_t>(count));
    if (count > 0) get_raw(name, cudnn_type<Value>(), count, &count, values.data());
    values.resize(static_cast<size_t>(count));  // it may have promised too many
    return values;
  }
  template <class Value>
  Value get_one(cudnnBackendAttributeName_t name) const {
    Value value{};
    int64_t count = 0;
    get_raw(name, cudnn_type<Value>(), 1, &count, &value);
    return value;
  }
  // Those that the attribute holds, all of one type; there may be none. `most` of them: not every
  // attribute says how many there are before it is given room.
  std::vector<CudnnDescriptor> get_descriptors(cudnnBackendAttributeName_t name,
                                               cudnnBackendDescriptorType_t type,
                                               int64_t most) const;
  int64_t count(cudnnBackendAttributeName_t name) const;  // of descriptors, if it does say

  // `other` lives at least as long as this.
  void keep(const CudnnDescriptor& other) { held_->kept.push_back(other.held_); }
  cudnnBackendDescriptor_t raw() const { return held_->descriptor; }

 private:
  struct Held {
    ~Held();
    cudnnBackendDescriptor_t descriptor = nullptr;
    std::vector<std::shared_ptr<Held>> kept;
  };
  void set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, int64_t count,
               const void* values);
  void get_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
               int64_t requested, int64_t* count, void* values) const;
  std::shared_ptr<Held> held_ = std::make_shared<Held>();
};

}  // namespace tengen::nn
