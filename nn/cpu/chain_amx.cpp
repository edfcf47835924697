// Chains of convolutions in bfloat16 on AMX: direct, for a tile multiplies sixteen pixels by
// sixteen channels in the time that Winograd's transforms would take.
//
// The operand holds a board's pixels with the padding between its lines, which is the right border
// of one and the left border of the next, and lines of zeros above and below: whatever the tap, it
// lies at the same distance from every pixel. [image][block of 32 channels][pixel][32], so
// that sixteen pixels of a block are one tile. Sums are [image][group of 16][window][16], weights
// [group of 16][tap][block] tiles of [pair of channels][16][2].
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nn/cpu/chain_kernels.h"

#if defined(__AMX_BF16__) || defined(__AMXBF16__)  // as g++ and older clang++ say
#ifndef __clang__
// GCC 12 says so of variables in its own header (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include "nn/cpu/amx_tiles.h"

namespace tengen::nn {
namespace {

constexpr int64_t kLanes = 16;

// Each builds on the one before.
#include "nn/cpu/vector.inc"

#include "nn/cpu/chain_finish.inc"

using Bfloat16 = uint16_t;

constexpr int64_t kTile = 16;         // rows of a tile
constexpr int64_t kTileBytes = 1024;  // of 64 bytes each
constexpr int64_t kBlock = 32;        // channels in a row
constexpr int64_t kBlockBytes = 64;
constexpr int kMostTiles = 4;  // of sums at once, beside those of pixels and of weights

struct Sizes {
  explicit Sizes(const WinogradShape& s)
      : kernel(s.kernel),
        pitch(s.width + s.padding),
        tiles(((s.out_height() - 1) * pitch + s.out_width() + kTile - 1) / kTile),
        pixels(tiles * kTile + (kernel - 1) * (pitch + 1)),
        blocks((s.in + kBlock - 1) / kBlock) {}
  int64_t taps() const { return kernel * kernel; }

  int64_t kernel;
  int64_t pitch;   // from line to line
  int64_t tiles;   // of windows: window y * pitch + x belongs to pixel (y, x), the others to none
  int64_t pixels;  // of the operand, as far as the last window's last tap
  int64_t blocks;
};

int64_t operand_bytes(const WinogradShape& s) {
  const Sizes size(s);
  return s.images * size.blocks * size.pixels * kBlockBytes;
}
int64_t weight_bytes(const WinogradShape& s) {
  return s.out_groups() * Sizes(s).taps() * Sizes(s).blocks * kTileBytes;
}
int64_t sum_bytes(const WinogradShape& s) {
  return s.images * s.out_groups() * Sizes(s).tiles * kTileBytes;
}

Bfloat16 rounded(float x) {  // to nearest, ties to even
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return static_cast<Bfloat16>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void pack(const WinogradShape& s, const float* w, const float*, void* weights, float*) {
  auto* to = static_cast<Bfloat16*>(weights);
  for (int64_t group = 0; group < s.out_groups(); ++group)
    for (int64_t tap = 0; tap < Sizes(s).taps(); ++tap)
      for (int64_t pair = 0; pair < Sizes(s).blocks * kBlock / 2; ++pair)
        for (int64_t k = group * kLanes; k < (group + 1) * kLanes; ++k)
          for (int64_t c = 2 * pair; c < 2 * pair + 2; ++c)
            *to++ = c < s.in && k < s.out ? rounded(w[(tap * s.in + c) * s.out + k]) : 0;
}

// The border comes with the board. The last group of an odd number fills its neighbour's place with
// zeros, for weights of zero there would not make a number of what is none.
void feed(const WinogradShape& s, const float* board, int64_t image, int64_t group, const float*,
          void* operand) {
  const Sizes size(s);
  const bool alone = group % 2 == 0 && group + 1 == s.in_groups();
  char* to = static_cast<char*>(operand) +
             (image * size.blocks + group / 2) * size.pixels * kBlockBytes + group % 2 * 32;
  const auto put = [&](__m256i x) TENGEN_INLINE {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), x);
    if (alone) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32), _mm256_setzero_si256());
    to += kBlockBytes;
  };
  for (int64_t y = 0; y < s.board_height(); ++y)
    for (int64_t x = 0; x < size.pitch; ++x)
      put((__m256i)_mm512_cvtneps_pbh((__m512)load(board + (y * s.board_width() + x) * kLanes)));
  for (int64_t i = 0; i < s.padding; ++i) put(_mm256_setzero_si256());
}

// R tiles of windows by one group of channels; `a` is the first window's first tap.
template <int R>
void multiply_tiles(const Sizes& size, const char* a, const char* b, char* c) {
  _tile_zero(0);
  if constexpr (R > 1) _tile_zero(1);
  if constexpr (R > 2) _tile_zero(2);
  if constexpr (R > 3) _tile_zero(3);
  for (int64_t tap = 0; tap < size.taps(); ++tap) {
    const char* from = a + (tap / size.kernel * size.pitch + tap % size.kernel) * kBlockBytes;
    for (int64_t block = 0; block < size.blocks; ++block, b += kTileBytes) {
      _tile_loadd(7, b, kBlockBytes);
      _tile_loadd(4, from, kBlockBytes);
      _tile_dpbf16ps(0, 4, 7);
      if constexpr (R > 1) {
        _tile_loadd(5, from + kTileBytes, kBlockBytes);
        _tile_dpbf16ps(1, 5, 7);
      }
      if constexpr (R > 2) {
        _tile_loadd(6, from + 2 * kTileBytes, kBlockBytes);
        _tile_dpbf16ps(2, 6, 7);
      }
      if constexpr (R > 3) {
        _tile_loadd(4, from + 3 * kTileBytes, kBlockBytes);
        _tile_dpbf16ps(3, 4, 7);
      }
      from += size.pixels * kBlockBytes;
    }
  }
  _tile_stored(0, c, kBlockBytes);
  if constexpr (R > 1) _tile_stored(1, c + kTileBytes, kBlockBytes);
  if constexpr (R > 2) _tile_stored(2, c + 2 * kTileBytes, kBlockBytes);
  if constexpr (R > 3) _tile_stored(3, c + 3 * kTileBytes, kBlockBytes);
}

void multiply_group(const Sizes& size, const char* a, const char* b, char* c) {
  const int64_t parts = (size.tiles + kMostTiles - 1) / kMostTiles;
  for (int64_t part = 0; part < parts; ++part) {
    const int64_t count = size.tiles / parts + (part < size.tiles % parts);
    if (count == 1) multiply_tiles<1>(size, a, b, c);
    if (count == 2) multiply_tiles<2>(size, a, b, c);
    if (count == 3) multiply_tiles<3>(size, a, b, c);
    if (count == 4) multiply_tiles<4>(size, a, b, c);
    a += count * kTileBytes;
    c += count * kTileBytes;
  }
}

void multiply(const WinogradShape& s, const void* operand, const void* weights, void* sums) {
  const Tiles tiles;
  const Sizes size(s);
  const char* a = static_cast<const char*>(operand);
  char* c = static_cast<char*>(sums);
  for (int64_t image = 0; image < s.images; ++image, a += size.blocks * size.pixels * kBlockBytes) {
    const char* b = static_cast<const char*>(weights);
    for (int64_t group = 0; group < s.out_groups(); ++group) {
      multiply_group(size, a, b, c);
      b += size.taps() * size.blocks * kTileBytes;
      c += size.tiles * kTileBytes;
    }
  }
}

template <bool kFull>
void finish_pixels(const WinogradShape& s, const float* sums, const PixelFinish& finish) {
  for (int64_t y = 0; y < s.out_height(); ++y, sums += Sizes(s).pitch * kLanes)
    for (int64_t x = 0; x < s.out_width(); ++x)
      finish.operator()<kFull>(y, x, load(sums + x * kLanes));
}

void finish(const WinogradShape& s, const void* sums, int64_t image, int64_t group,
            const ChainFinish& f) {
  const float* from = static_cast<const float*>(sums) +
                      (image * s.out_groups() + group) * Sizes(s).tiles * kTile * kLanes;
  const PixelFinish finish(s, group, f);
  if (finish.full())
    finish_pixels<true>(s, from, finish);
  else
    finish_pixels<false>(s, from, finish);
}

}  // namespace

extern const ChainKernels kAmxBfloat16Chain;
const ChainKernels kAmxBfloat16Chain = {"bfloat16 direct", "amx",        kLanes,    false, false,
                                        operand_bytes,     weight_bytes, sum_bytes, pack,  feed,
                                        multiply,          finish};

}  // namespace tengen::nn
#endif
