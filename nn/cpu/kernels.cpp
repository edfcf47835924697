#include "nn/cpu/kernels.h"

#include <algorithm>
#include <cstdlib>

#include "nn/base/check.h"
#include "nn/cpu/processor.h"

namespace tengen::nn {

extern const Kernels kPlainKernels;
extern const ChainKernels kPlainFloat32Chain;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels, kAvx512Kernels;
extern const Bf16Kernels kAvx512Bf16Kernels;
extern const ChainKernels kAvx2Float32Chain, kAvx2Int16Chain, kAvxVnniInt16Chain;
extern const ChainKernels kAvx512Float32Chain, kAvx512Int16Chain, kAvx512VnniInt16Chain;
extern const ChainKernels kAmxBfloat16Chain;
void amx_multiply(const Bf16Product& product);
#endif

namespace {

Kernels with_chains(const char* name, Kernels kernels, const Chains& chains) {
  kernels.name = name;
  kernels.chains = chains;
  return kernels;
}

// Every table there is, each made where it is first asked for.
const Kernels& plain() {
  static const Kernels table =
      with_chains("plain", kPlainKernels, {&kPlainFloat32Chain, nullptr, nullptr});
  return table;
}

#if defined(__x86_64__)
const Kernels& avx2() {
  static const Kernels table =
      with_chains("avx2", kAvx2Kernels, {&kAvx2Float32Chain, &kAvx2Int16Chain, nullptr});
  return table;
}

const Kernels& avxvnni() {
  static const Kernels table =
      with_chains("avxvnni", kAvx2Kernels, {&kAvx2Float32Chain, &kAvxVnniInt16Chain, nullptr});
  return table;
}

const Kernels& avx512() {
  static const Kernels table =
      with_chains("avx512", kAvx512Kernels, {&kAvx512Float32Chain, &kAvx512Int16Chain, nullptr});
  return table;
}

const Kernels& avx512vnni() {
  static const Kernels table = with_chains("avx512vnni", kAvx512Kernels,
                                           {&kAvx512Float32Chain, &kAvx512VnniInt16Chain, nullptr});
  return table;
}

const Kernels& avx512bf16() {
  static const Kernels table = [] {
    Kernels kernels = with_chains("avx512bf16", kAvx512Kernels,
                                  {&kAvx512Float32Chain, &kAvx512VnniInt16Chain, nullptr});
    kernels.bf16 = &kAvx512Bf16Kernels;
    return kernels;
  }();
  return table;
}

// AMX multiplies what the others pack.
const Kernels& amx() {
  static const Bf16Kernels tiles = [] {
    Bf16Kernels kernels = kAvx512Bf16Kernels;
    kernels.multiply = amx_multiply;
    kernels.beats_winograd = true;
    return kernels;
  }();
  static const Kernels table = [] {
    Kernels kernels = with_chains(
        "amx", kAvx512Kernels, {&kAvx512Float32Chain, &kAvx512VnniInt16Chain, &kAmxBfloat16Chain});
    kernels.bf16 = &tiles;
    return kernels;
  }();
  return table;
}
#endif

// Best first.
std::vector<const Kernels*> runnable() {
  std::vector<const Kernels*> found;
#if defined(__x86_64__)
  if (processor_has_avx512()) {
    const bool vnni = processor_has_avx512_vnni();
    const bool bf16 = vnni && processor_has_avx512_bf16();
    if (bf16 && processor_has_amx_bf16()) found.push_back(&amx());
    if (bf16 && processor_is_amd()) found.push_back(&avx512bf16());
    if (vnni) found.push_back(&avx512vnni());
    if (bf16 && !processor_is_amd()) found.push_back(&avx512bf16());
    found.push_back(&avx512());
  }
  if (processor_has_avx2()) {
    if (processor_has_avx_vnni()) found.push_back(&avxvnni());
    found.push_back(&avx2());
  }
#endif
  found.push_back(&plain());
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
