#include "nn/cpu/processor.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tengen::nn {
#if defined(__x86_64__)
namespace {

struct Registers {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

// Structured extended features ("Intel 64 and IA-32 Architectures Software Developer's Manual",
// volume 2, CPUID, leaf 7); zeros where the processor does not know the leaf.
Registers features(unsigned subleaf) {
  Registers r;
  __get_cpuid_count(7, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
  if (subleaf == 0) return r;
  if (r.eax < subleaf) return {};  // the highest subleaf there is
  __get_cpuid_count(7, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
  return r;
}

// "Using XSTATE features in user space applications" of Linux's documentation.
bool tiles_permitted() {
#if defined(__linux__)
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XTILEDATA
  static const bool permitted = syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return permitted;
#else
  return false;
#endif
}

}  // namespace

bool processor_has_avx2() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

bool processor_has_avx512() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

// The operating system's support is that of AVX2 and AVX-512, which callers ask for too.
bool processor_has_avx_vnni() { return features(1).eax >> 4 & 1; }

bool processor_has_avx512_vnni() { return features(0).ecx >> 11 & 1; }

bool processor_has_avx512_bf16() { return features(1).eax >> 5 & 1; }

bool processor_is_amd() {
  __builtin_cpu_init();
  return __builtin_cpu_is("amd");
}

bool processor_has_amx_bf16() {
  const unsigned edx = features(0).edx;
  return (edx >> 22 & 1) && (edx >> 24 & 1) && tiles_permitted();
}

#else
bool processor_has_avx2() { return false; }
bool processor_has_avx512() { return false; }
bool processor_has_avx_vnni() { return false; }
bool processor_has_avx512_vnni() { return false; }
bool processor_has_avx512_bf16() { return false; }
bool processor_is_amd() { return false; }
bool processor_has_amx_bf16() { return false; }
#endif

}  // namespace tengen::nn
