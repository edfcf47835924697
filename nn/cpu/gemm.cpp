#include "nn/cpu/gemm.h"

#include <algorithm>

#include "nn/base/parallel.h"
#include "nn/cpu/bf16_gemm.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kDepth = 512;  // of k at once: a panel of B stays in the first-level cache
constexpr int64_t kRows = 72;    // of C in one piece of work at most; blocks of 9, 12 and 6 fill it
constexpr int64_t kColumnVectors = 12;
constexpr int64_t kSmall = 200'000;  // multiply-adds not worth a second thread
constexpr int64_t kSplitDepth = 2048;
constexpr int64_t kFewRows = 2 * kRows;

template <class Body>
void loop(bool parallel, int64_t count, const Body& body) {
  if (parallel) {
    parallel_for(count, body);
  } else {
    for (int64_t i = 0; i < count; ++i) body(i);
  }
}

// Rows [k0, k0 + depth) of op(B), packed in chunks of kColumnVectors.
class PackedB {
 public:
  PackedB(const Kernels& kernels, const GemmShape& s, const float* b, int64_t k0, int64_t depth,
          bool parallel)
      : columns_(kColumnVectors * kernels.lanes),
        chunks_((s.n + columns_ - 1) / columns_),
        chunk_floats_(packed_columns(kernels, depth, std::min(s.n, columns_))),
        memory_(chunks_ * chunk_floats_) {
    const auto pack = [&](int64_t chunk) {
      const int64_t n0 = chunk * columns_;
      const float* from = s.transpose_b ? b + n0 * s.ldb + k0 : b + k0 * s.ldb + n0;
      kernels.pack_columns(depth, std::min(columns_, s.n - n0), from, s.ldb, s.transpose_b,
                           memory_.data() + chunk * chunk_floats_);
    };
    loop(parallel && depth * s.n * 8 >= kSmall, chunks_, pack);
  }

  int64_t columns() const { return columns_; }
  int64_t chunks() const { return chunks_; }
  const float* chunk(int64_t i) const { return memory_.data() + i * chunk_floats_; }

 private:
  int64_t columns_, chunks_, chunk_floats_;
  Scratch memory_;
};

// C's piece of rows [m0, m0 + rows) and columns [n0, n0 + columns), from `depth` of k at k0.
struct Piece {
  int64_t m0, rows, n0, columns, k0, depth;
  bool accumulate;
};

void multiply_piece(const Kernels& kernels, const GemmShape& s, const Piece& p, const float* a,
                    const float* packed_b, float* c) {
  float* to = c + p.m0 * s.ldc + p.n0;
  if (s.transpose_a) {
    kernels.multiply_columns({p.rows, p.columns, p.depth, a + p.k0 * s.lda + p.m0, s.lda, packed_b,
                              0, to, s.ldc, p.accumulate});
    return;
  }
  const int64_t groups = (p.depth + kernels.lanes - 1) / kernels.lanes;
  const Scratch packed_a(groups * p.rows * kernels.lanes);
  kernels.pack_rows(p.rows, p.depth, a + p.m0 * s.lda + p.k0, s.lda, packed_a.data());
  kernels.multiply_rows({p.rows, p.columns, p.depth, packed_a.data(), p.rows * kernels.lanes,
                         packed_b, to, s.ldc, kernels.lanes, p.accumulate});
}

// C (+)= the product over k in [k0, k0 + depth).
void multiply_slice(const Kernels& kernels, const GemmShape& s, const float* a, const float* b,
                    float* c, int64_t k0, int64_t depth, bool accumulate, bool parallel) {
  const PackedB packed(kernels, s, b, k0, depth, parallel);
  // As even as they come: a batch of 128 is 64 and 64 rows, not 72 and 56.
  const int64_t row_chunks = (s.m + kRows - 1) / kRows;
  const int64_t rows = row_chunks > 0 ? (s.m + row_chunks - 1) / row_chunks : 0;
  const auto run = [&](int64_t i) {
    const int64_t m0 = i / packed.chunks() * rows, n0 = i % packed.chunks() * packed.columns();
    multiply_piece(kernels, s,
                   {m0, std::min(rows, s.m - m0), n0, std::min(packed.columns(), s.n - n0), k0,
                    depth, accumulate},
                   a, packed.chunk(i % packed.chunks()), c);
  };
  loop(parallel && s.m * s.n * depth >= kSmall, row_chunks * packed.chunks(), run);
}

void multiply_range(const Kernels& kernels, const GemmShape& s, const float* a, const float* b,
                    float* c, int64_t k_begin, int64_t k_end, bool accumulate, bool parallel) {
  for (int64_t k0 = k_begin; k0 < k_end; k0 += kDepth)
    multiply_slice(kernels, s, a, b, c, k0, std::min(kDepth, k_end - k0),
                   accumulate || k0 > k_begin, parallel);
}

// Few rows: each piece packs its own columns of B, so that nothing waits between packing and
// multiplying.
void multiply_few_rows(const Kernels& kernels, const GemmShape& s, const float* a, const float* b,
                       float* c, bool accumulate) {
  const int64_t vectors = (s.n + kernels.lanes - 1) / kernels.lanes;
  const int64_t pairs = (vectors + 2 * kColumnVectors - 1) / (2 * kColumnVectors);
  const int64_t columns = (vectors + 2 * pairs - 1) / (2 * pairs) * kernels.lanes;
  parallel_for((s.n + columns - 1) / columns, [&](int64_t i) {
    const int64_t n0 = i * columns;
    GemmShape part = s;
    part.n = std::min(columns, s.n - n0);
    multiply_range(kernels, part, a, s.transpose_b ? b + n0 * s.ldb : b + n0, c + n0, 0, s.k,
                   accumulate, false);
  });
}

// Few results from a long sum, as in a gradient of weights: pieces of the sum in parallel, then
// their totals in order.
void multiply_split(const Kernels& kernels, const GemmShape& s, const float* a, const float* b,
                    float* c, bool accumulate) {
  const int64_t parts = (s.k + kSplitDepth - 1) / kSplitDepth;
  const int64_t size = s.m * s.n;
  const Scratch partial(parts * size);
  GemmShape dense = s;
  dense.ldc = s.n;
  parallel_for(parts, [&](int64_t i) {
    multiply_range(kernels, dense, a, b, partial.data() + i * size, i * kSplitDepth,
                   std::min(s.k, (i + 1) * kSplitDepth), false, true);
  });
  for (int64_t r = 0; r < s.m; ++r) {
    float* to = c + r * s.ldc;
    if (!accumulate) std::fill_n(to, s.n, 0.0f);
    for (int64_t i = 0; i < parts; ++i)
      kernels.axpy(s.n, 1.0f, partial.data() + i * size + r * s.n, to);
  }
}

}  // namespace

int64_t packed_columns(const Kernels& kernels, int64_t k, int64_t n) {
  return k * ((n + kernels.lanes - 1) / kernels.lanes) * kernels.lanes;
}

void fast_gemm(const Kernels& kernels, const GemmShape& s, const float* a, const float* b,
               float* c) {
  if (s.precision == Precision::kBfloat16 && kernels.bf16)
    return bf16_gemm(*kernels.bf16, s, a, b, c);
  if (s.beta != 1.0f && (s.beta != 0.0f || s.k == 0)) {
    for (int64_t r = 0; r < s.m; ++r)
      for (int64_t i = 0; i < s.n; ++i)
        c[r * s.ldc + i] = s.beta == 0.0f ? 0.0f : s.beta * c[r * s.ldc + i];
  }
  const bool accumulate = s.beta != 0.0f;
  if (s.k >= 2 * kSplitDepth && s.m * s.n <= 128 * 1024) {
    multiply_split(kernels, s, a, b, c, accumulate);
  } else if (s.m <= kFewRows && s.m * s.n * s.k >= kSmall) {
    multiply_few_rows(kernels, s, a, b, c, accumulate);
  } else {
    multiply_range(kernels, s, a, b, c, 0, s.k, accumulate, true);
  }
}

}  // namespace tengen::nn
