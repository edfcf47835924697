#include "nn/cuda/products.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "nn/cuda/cublaslt_product.h"
#include "nn/cuda/product_kernels.h"
#include "nn/cuda/stream_memory.h"

namespace tengen::nn {
namespace {

constexpr size_t kMostKept = 4096;     // shapes; beyond, they are asked for again
constexpr int64_t kMostBatch = 65535;  // products of one call, as many as a grid has layers

using LtHandle = std::unique_ptr<cublasLtContext, DestroyCublasLt<&CublasLtLibrary::destroy>>;

LtHandle make_handle() {
  cublasLtHandle_t handle;
  CUBLAS_CHECK(cublaslt_library().create(&handle));
  return LtHandle(handle);
}

// No algorithm asks for more than 16; what is better aligned need not be another shape.
uint32_t alignment(const void* pointer) {
  const auto address = reinterpret_cast<uintptr_t>(pointer) | 16;
  return static_cast<uint32_t>(address & -address);
}

int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// A factor rounded to bfloat16, with rows and matrices that begin at multiples of 16 bytes, as the
// tensor cores' fast algorithms want them.
struct RoundedFactor {
  RoundedFactor(bool transpose, int64_t rows, int64_t columns, int64_t ld, int64_t batch,
                int64_t step) {
    if (transpose) std::swap(rows, columns);
    const int64_t y_ld = round_up(columns, 8);
    // One matrix that all products share stays one.
    shape = {step == 0 ? 1 : batch, rows, columns, step, ld, rows * y_ld, y_ld};
  }
  int64_t step() const { return shape.batch == 1 ? 0 : shape.y_step; }
  size_t bytes() const {
    return static_cast<size_t>(round_up(shape.batch * shape.y_step * 2, 256));
  }
  RoundShape shape;
};

}  // namespace

struct Products::Call {
  const GemmShape& s;
  int64_t batch;
  const float* a;
  int64_t a_step;
  const float* b;
  int64_t b_step;
  float* c;
  int64_t c_step;
  cudaStream_t stream;
};

struct Products::Parts {
  explicit Parts(const ProductOptions& options)
      : float_compute(options.tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F) {}

  // Null if there is no algorithm.
  const CublasLtProduct* find(const ProductShape& shape) {
    if (const auto it = kept.find(shape); it != kept.end())
      return it->second ? &*it->second : nullptr;
    if (kept.size() == kMostKept) kept.clear();
    const auto it = kept.emplace(shape, CublasLtProduct::make(handle.get(), shape)).first;
    return it->second ? &*it->second : nullptr;
  }

  void run_floats(const Call& call) {
    const GemmShape& s = call.s;
    const CublasLtProduct* const product =
        find({s.transpose_a, s.transpose_b, s.m, s.n, s.k, s.lda, s.ldb, s.ldc, call.batch,
              call.a_step, call.b_step, call.c_step, CUDA_R_32F, float_compute, alignment(call.a),
              alignment(call.b), alignment(call.c)});
    if (!product)
      throw CudaError("cuBLASLt has no algorithm for a product of [" + std::to_string(s.m) + "," +
                      std::to_string(s.k) + "] and [" + std::to_string(s.k) + "," +
                      std::to_string(s.n) + "]");
    run(*product, call, call.a, call.b);
  }

  // False, and nothing is done, if there is no algorithm. The factors are rounded by a kernel, not
  // by CUBLAS_COMPUTE_32F_FAST_16BF, which may as well round to TF32 and then runs at half the
  // speed; this way all devices round the same.
  bool run_rounded(const Call& call) {
    const GemmShape& s = call.s;
    const RoundedFactor a(s.transpose_a, s.m, s.k, s.lda, call.batch, call.a_step);
    const RoundedFactor b(s.transpose_b, s.k, s.n, s.ldb, call.batch, call.b_step);
    const CublasLtProduct* const product =
        find({s.transpose_a, s.transpose_b, s.m, s.n, s.k, a.shape.y_ld, b.shape.y_ld, s.ldc,
              call.batch, a.step(), b.step(), call.c_step, CUDA_R_16BF, CUBLAS_COMPUTE_32F, 16, 16,
              alignment(call.c)});
    if (!product) return false;
    auto* const rounded =
        static_cast<__nv_bfloat16*>(factors.of(call.stream, a.bytes() + b.bytes()));
    __nv_bfloat16* const rounded_b = rounded + a.bytes() / sizeof(__nv_bfloat16);
    round_to_bfloat16(a.shape, call.a, rounded, call.stream);
    round_to_bfloat16(b.shape, call.b, rounded_b, call.stream);
    run(*product, call, rounded, rounded_b);
    return true;
  }

  void run(const CublasLtProduct& product, const Call& call, const void* a, const void* b) {
    product.run(handle.get(), a, b, call.s.beta, call.c,
                workspaces.of(call.stream, product.workspace_bytes()), call.stream);
  }

  const cublasComputeType_t float_compute;
  LtHandle handle = make_handle();
  std::map<ProductShape, std::optional<CublasLtProduct>> kept;
  StreamMemory workspaces, factors;
  std::mutex mutex;  // between the first and the last kernel of a product, nothing else is queued
};

Products::Products(const ProductOptions& options) : parts_(std::make_unique<Parts>(options)) {}
Products::~Products() = default;

void Products::gemm(const GemmShape& s, const float* a, const float* b, float* c,
                    cudaStream_t stream) {
  gemm_batch(s, 1, a, 0, b, 0, c, 0, stream);
}

void Products::gemm_batch(const GemmShape& s, int64_t batch, const float* a, int64_t a_step,
                          const float* b, int64_t b_step, float* c, int64_t c_step,
                          cudaStream_t stream) {
  if (batch == 0 || s.m == 0 || s.n == 0) return;
  if (s.k == 0) return scale_matrices(batch, s.m, s.n, s.beta, c, c_step, s.ldc, stream);
  const std::lock_guard lock(parts_->mutex);
  for (int64_t from = 0; from < batch; from += kMostBatch) {
    Call call{s,
              std::min(batch - from, kMostBatch),
              a + from * a_step,
              a_step,
              b + from * b_step,
              b_step,
              c + from * c_step,
              c_step,
              stream};
    if (s.precision == Precision::kBfloat16 && parts_->run_rounded(call)) continue;
    parts_->run_floats(call);
  }
}

}  // namespace tengen::nn
