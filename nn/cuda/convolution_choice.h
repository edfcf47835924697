// Which of the makers of half-precision convolutions is faster for a shape: tried once on the
// device, then remembered for the same shape in all networks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "nn/cuda/cuda_check.h"
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/half_convolution.h"

namespace tengen::nn {

class ConvolutionChoice {
 public:
  // What decides between two that both know a shape. Tengen's own comes first, and before it a run
  // of them in one launch.
  enum class Trials { kMeasure, kFirst, kSecond };
  explicit ConvolutionChoice(Trials trials = Trials::kMeasure) : trials_(trials) {}

  // The faster one, or the only one; null where no maker knows the shape. Thread-safe.
  std::unique_ptr<HalfConvolution> make(const HalfConvolutionParts& parts, CudaDevice& device);

  // What is_faster() says, asked once for this key.
  bool remembered(const std::string& key, const std::function<bool()>& is_faster);

 private:
  const Trials trials_;
  std::mutex mutex_;  // guards faster_
  std::map<std::string, bool> faster_;
};

// The same for the same shape and what follows it, whatever the weights.
std::string choice_key(const HalfConvolutionParts& parts);

// Milliseconds of one call of run(), which queues work on the device's stream, after another that
// warms up: the least of a few.
template <class Run>
float milliseconds_of(CudaDevice& device, const Run& run) {
  const Event begin = make_timing_event(), end = make_timing_event();
  run();
  float least = 0.0f;
  for (int turn = 0; turn < 3; ++turn) {
    CUDA_CHECK(cudaEventRecord(begin.get(), device.stream()));
    run();
    CUDA_CHECK(cudaEventRecord(end.get(), device.stream()));
    device.synchronize();
    const float time = milliseconds_between(begin, end);
    if (turn == 0 || time < least) least = time;
  }
  return least;
}

}  // namespace tengen::nn
