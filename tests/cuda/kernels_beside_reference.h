// A kernel of the GPU beside the reference device's: the same arrays on both.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "nn/tensor.h"
#include "tests/cuda/device_under_test.h"
#include "tests/nn/cpu_kernels.h"

namespace tengen::nn {

// Arrays on a device for as long as it lives, each beginning `offset` floats beyond what the
// device aligns.
class ArraysOn {
 public:
  ArraysOn(Device& device, int64_t offset) : device_(device), offset_(offset) {}

  float* operator()(const std::vector<float>& values) {
    std::vector<float> shifted(static_cast<size_t>(offset_));
    shifted.insert(shifted.end(), values.begin(), values.end());
    kept_.emplace_back(Shape{static_cast<int64_t>(shifted.size())}, shifted, device_);
    return kept_.back().data() + offset_;
  }
  int32_t* ints(const std::vector<int32_t>& values) {
    blocks_.push_back(device_.allocate(values.size() * sizeof(int32_t)));
    device_.copy_from_host(blocks_.back().get(), values.data(), values.size() * sizeof(int32_t));
    return static_cast<int32_t*>(blocks_.back().get());
  }

 private:
  Device& device_;
  int64_t offset_;
  std::vector<Tensor> kept_;
  std::vector<std::shared_ptr<void>> blocks_;
};

class GpuKernels : public OnGpu<> {
 protected:
  using Call = std::function<void(Device& device, ArraysOn& arrays, float* out)>;

  static std::vector<float> result_on(Device& device, int64_t size, int64_t offset,
                                      const Call& call) {
    ArraysOn arrays(device, offset);
    float* const out = arrays(random_floats(size, 99));  // old numbers
    call(device, arrays, out);
    std::vector<float> result(static_cast<size_t>(size));
    device.copy_to_host(result.data(), out, result.size() * sizeof(float));
    return result;
  }

  // Runs `call` on both devices, on the GPU with arrays that are aligned and such that are not.
  static void compare(int64_t size, double tolerance, const Call& call) {
    const std::vector<float> expected = result_on(reference_device(), size, 0, call);
    for (const int64_t offset : {0, 1})
      EXPECT_LE(difference(result_on(device_under_test(), size, offset, call), expected), tolerance)
          << "arrays begin " << offset << " floats in";
  }
};

}  // namespace tengen::nn
