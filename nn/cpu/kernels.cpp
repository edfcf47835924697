#include "nn/cpu/kernels.h"

#include <algorithm>
#include <cstdlib>

#include "nn/base/check.h"
#include "nn/cpu/processor.h"

namespace tengen::nn {

extern const Kernels kPlainKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
extern const Bf16Kernels kAvx512Bf16Kernels;
void amx_multiply(const Bf16Product& product);
#endif

namespace {

#if defined(__x86_64__)
// The kernels for AVX-512 with products in bfloat16.
Kernels with_bf16(const char* name, const Bf16Kernels& bf16) {
  Kernels kernels = kAvx512Kernels;
  kernels.name = name;
  kernels.bf16 = &bf16;
  return kernels;
}

// AMX multiplies what the others pack.
Bf16Kernels amx_kernels() {
  Bf16Kernels kernels = kAvx512Bf16Kernels;
  kernels.multiply = amx_multiply;
  kernels.beats_winograd = true;
  return kernels;
}
#endif

std::vector<const Kernels*> runnable() {
  std::vector<const Kernels*> found;
#if defined(__x86_64__)
  static const Bf16Kernels tiles = amx_kernels();
  static const Kernels amx = with_bf16("amx", tiles);
  static const Kernels bf16 = with_bf16("avx512bf16", kAvx512Bf16Kernels);
  if (processor_has_avx512()) {
    if (processor_has_avx512_bf16() && processor_has_amx_bf16()) found.push_back(&amx);
    found.push_back(&kAvx512Kernels);
    if (processor_has_avx512_bf16())
      found.insert(found.end() - (processor_is_amd() ? 1 : 0), &bf16);
  }
  if (processor_has_avx2()) found.push_back(&kAvx2Kernels);
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
