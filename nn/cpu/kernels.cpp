#include "nn/cpu/kernels.h"

#include <algorithm>
#include <cstdlib>

#include "nn/base/check.h"

namespace tengen::nn {

extern const Kernels kPlainKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

namespace {

std::vector<const Kernels*> runnable() {
  std::vector<const Kernels*> found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    found.push_back(&kAvx512Kernels);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    found.push_back(&kAvx2Kernels);
#endif
  found.push_back(&kPlainKernels);
  return found;
}

const Kernels& chosen() {
  const char* wanted = std::getenv("TENGEN_CPU");
  return wanted && *wanted ? kernels(wanted) : *runnable().front();
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& best = chosen();
  return best;
}

const Kernels& kernels(const std::string& name) {
  std::string available;
  for (const Kernels* k : runnable()) {
    if (name == k->name) return *k;
    available += std::string(available.empty() ? "" : ", ") + k->name;
  }
  throw Error("TENGEN_CPU: no kernels called '" + name +
              "' run on this processor; available: " + available);
}

std::vector<std::string> available_kernels() {
  std::vector<std::string> names;
  for (const Kernels* k : runnable()) names.push_back(k->name);
  return names;
}

}  // namespace tengen::nn
