// The only source of randomness: a counter-based generator named by (seed, stream).
//
// The stream is the number of a game, a row or a layer, never that of a thread, so scheduling
// cannot change a result. The n-th draw is a pure function of (seed, stream, n): a generator is
// saved and restored by its three numbers.
#pragma once

#include <cstdint>
#include <span>

#ifdef __CUDACC__
#define TENGEN_ALSO_ON_GPU __host__ __device__  // kernels draw the same numbers
#else
#define TENGEN_ALSO_ON_GPU
#endif

namespace tengen {

// A bijective 64-bit finaliser with good avalanche (splitmix64; Steele, Lea, Flood 2014).
TENGEN_ALSO_ON_GPU constexpr uint64_t mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

class Rng {
 public:
  explicit Rng(uint64_t seed, uint64_t stream = 0, uint64_t drawn = 0)
      : key_(mix64(seed) ^ mix64(~stream)), drawn_(drawn) {}

  TENGEN_ALSO_ON_GPU uint64_t bits() { return mix64(key_ + drawn_++ * 0xd1342543de82ef95ull); }

  // Uniform in [0, count); count > 0. Multiply-shift: bias below count / 2^32.
  uint32_t below(uint32_t count) {
    return static_cast<uint32_t>(((bits() >> 32) * static_cast<uint64_t>(count)) >> 32);
  }
  // Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  // Standard normal (Box-Muller, one of the pair).
  double normal();
  // Gamma with the given shape > 0 and scale 1 (Marsaglia and Tsang 2000).
  double gamma(double shape);
  // Fills `out` with a symmetric Dirichlet draw of concentration `alpha` > 0.
  void dirichlet(double alpha, std::span<float> out);
  // An index drawn with probability proportional to its weight; weights >= 0, not all zero.
  int pick(std::span<const float> weights);

  uint64_t drawn() const { return drawn_; }
  TENGEN_ALSO_ON_GPU void skip(uint64_t draws) { drawn_ += draws; }

 private:
  uint64_t key_;
  uint64_t drawn_;
};

}  // namespace tengen
