#include "nn/devices.h"

#include <charconv>

#include "nn/base/check.h"
#ifdef TENGEN_CUDA
#include "nn/cuda/cuda_device.h"
#include "nn/cuda/gpus.h"
#endif

namespace tengen::nn {
namespace {

#ifndef TENGEN_CUDA
GpuStatus find_gpus() { return {{}, "not compiled in", false}; }
std::string why_no_gpu(int) { return find_gpus().text; }
Device& cuda_device(int number) { throw Error(why_no_gpu(number)); }
#endif

// "cuda" is 0, "cuda:2" is 2; -1 for what is neither.
int gpu_number(const std::string& name) {
  if (name == "cuda") return 0;
  if (!name.starts_with("cuda:")) return -1;
  int number = -1;
  const char *begin = name.data() + 5, *end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(begin, end, number);
  return error == std::errc() && rest == end ? number : -1;
}

}  // namespace

GpuStatus gpu_status() { return find_gpus(); }

Device& device_named(const std::string& name) {
  if (name == "cpu") return cpu_device();
  if (name == "auto") return gpu_status().names.empty() ? cpu_device() : cuda_device(0);
  const int number = gpu_number(name);
  if (number < 0) throw Error("device \"" + name + "\": known are auto, cpu and cuda:N");
  const std::string why_not = why_no_gpu(number);
  if (!why_not.empty())
    throw Error("device \"" + name + "\": " + why_not + "; the device cpu works everywhere");
  return cuda_device(number);
}

}  // namespace tengen::nn
