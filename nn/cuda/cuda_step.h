// A step of a plan on a GPU: what it queues, and the values that it reads and makes.
#pragma once

#include <cuda_fp16.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nn/cuda/cuda_device.h"
#include "nn/cuda/half_convolution.h"
#include "nn/infer/operation.h"

namespace tengen::nn {

// A value of a plan in one form: dense floats [rows, columns], or halves [rows, padded columns]
// (plan_kernels.h). Named by their place in the list of all.
struct Slot {
  int64_t rows = 0, columns = 0;
  bool half = false;

  int64_t stride() const;  // elements from row to row
  int64_t floats() const;  // of memory
};
constexpr int kNoSlot = -1;

// What a run works on: the addresses of all slots, and scratch memory.
struct CudaFrame {
  CudaDevice& device;
  std::span<void* const> addresses;
  float* scratch;

  cudaStream_t stream() const { return device.stream(); }
  float* floats(int slot) const { return at<float>(slot); }
  __half* halves(int slot) const { return at<__half>(slot); }

 private:
  template <class T>
  T* at(int slot) const {
    return slot == kNoSlot ? nullptr : static_cast<T*>(addresses[static_cast<size_t>(slot)]);
  }
};

class CudaStep {
 public:
  CudaStep(std::string text, std::vector<int> reads, std::vector<int> writes)
      : text_(std::move(text)), reads_(std::move(reads)), writes_(std::move(writes)) {}
  virtual ~CudaStep() = default;

  virtual void queue(const CudaFrame& frame) const = 0;
  virtual int64_t scratch_floats() const { return 0; }
  // Whether it only queues work that can be repeated as it is.
  virtual bool can_be_captured() const { return true; }

  const std::string& text() const { return text_; }
  const std::vector<int>& reads() const { return reads_; }    // kNoSlot may be among them
  const std::vector<int>& writes() const { return writes_; }  // the same

 private:
  const std::string text_;
  const std::vector<int> reads_, writes_;
};

// Floats on the device that a step keeps.
std::shared_ptr<float> device_floats(CudaDevice& device, std::span<const float> values);

// y is x in the other form; of halves made from floats, factor (may be null) times x.
std::unique_ptr<CudaStep> make_convert_step(const Slot& x, int from, const Slot& y, int to,
                                            std::shared_ptr<float> factor);

// The slots of a convolution in half precision.
struct HalfSlots {
  int x = kNoSlot, row_bias = kNoSlot, residual = kNoSlot, y = kNoSlot, then_y = kNoSlot;
};
std::unique_ptr<CudaStep> make_half_step(std::string text,
                                         std::unique_ptr<HalfConvolution> convolution,
                                         const HalfSlots& slots);

// All others, in float32 but where `half` says otherwise. Inputs and output as the operation's.
struct FloatSlots {
  std::vector<int> inputs;
  int residual = kNoSlot, row_bias = kNoSlot;
  int output = kNoSlot, last_cell = kNoSlot;
  bool half = false;  // kAffine: x and y are halves; kWholeImages: x is
};
std::unique_ptr<CudaStep> make_float_step(CudaDevice& device, Operation operation,
                                          const FloatSlots& slots);

}  // namespace tengen::nn
