// What the processor and its operating system let a program use.
#pragma once

namespace tengen::nn {

bool processor_has_avx2();         // with fused multiply-adds
bool processor_has_avx512();       // the parts F, VL, BW and DQ
bool processor_has_avx_vnni();     // vpdpwssd on registers of 32 bytes, as VEX encodes it
bool processor_has_avx512_vnni();  // and of 64
bool processor_has_avx512_bf16();  // vdpbf16ps
// There (Zen 4) vdpbf16ps makes twice the products of a fused multiply-add in the same time; on
// Sapphire Rapids products are slower with it (190 GFLOP/s on two cores, 283 in float32).
bool processor_is_amd();
// Tiles and their product in bfloat16. Asks the operating system, once, to let this process use
// them: their registers are eight kilobytes a thread, which Linux does not save unasked.
bool processor_has_amx_bf16();

}  // namespace tengen::nn
