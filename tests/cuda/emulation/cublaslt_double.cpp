#include "tests/cuda/emulation/cublaslt_double.h"

#include <cuda_bf16.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>

#include "nn/cuda/cublaslt_library.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::emulation {
namespace {

struct Layout {
  cudaDataType type;
  uint64_t rows, columns;
  int64_t ld;
  int32_t batch = 1;
  int64_t step = 0;
  auto operator<=>(const Layout&) const = default;

  bool is_valid() const {
    return rows > 0 && columns > 0 && ld >= static_cast<int64_t>(rows) && batch > 0;
  }
  uint64_t size() const { return type == CUDA_R_16BF ? 2 : 4; }
  float at(const void* data, int64_t i) const {
    return type == CUDA_R_16BF ? __bfloat162float(static_cast<const __nv_bfloat16*>(data)[i])
                               : static_cast<const float*>(data)[i];
  }
};

struct Desc {
  cublasComputeType_t compute;
  cudaDataType scale;
  int32_t transpose_a = CUBLAS_OP_N, transpose_b = CUBLAS_OP_N;
  auto operator<=>(const Desc&) const = default;
};

struct Preference {
  uint64_t workspace = 0;
  uint32_t alignments[4] = {256, 256, 256, 256};  // of A, B, C, D
};

// What an algorithm was chosen for.
struct Choice {
  Desc desc;
  Layout a, b, c, d;
  uint32_t alignments[4];
  uint64_t workspace;
};

std::map<uint64_t, Choice>& choices() {
  static std::map<uint64_t, Choice> map;
  return map;
}

// The documentation's table of types, as far as Tengen uses it: factors of one type.
bool is_supported(const Desc& desc, const Layout& a, const Layout& b, const Layout& c,
                  const Layout& d) {
  if (desc.scale != CUDA_R_32F || a.type != b.type || c.type != CUDA_R_32F || c != d) return false;
  if (a.type == CUDA_R_16BF)
    return desc.compute == CUBLAS_COMPUTE_32F && cublaslt_double().knows_bfloat16;
  return a.type == CUDA_R_32F &&
         (desc.compute == CUBLAS_COMPUTE_32F || desc.compute == CUBLAS_COMPUTE_32F_FAST_TF32);
}

bool shapes_agree(const Desc& desc, const Layout& a, const Layout& b, const Layout& c) {
  const bool ta = desc.transpose_a == CUBLAS_OP_T, tb = desc.transpose_b == CUBLAS_OP_T;
  return a.is_valid() && b.is_valid() && c.is_valid() && (ta ? a.columns : a.rows) == c.rows &&
         (ta ? a.rows : a.columns) == (tb ? b.columns : b.rows) &&
         (tb ? b.rows : b.columns) == c.columns && a.batch == c.batch && b.batch == c.batch;
}

// TF32 keeps ten bits of the mantissa.
float tf32(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  return std::bit_cast<float>((bits + 0xfff + (bits >> 13 & 1)) & ~uint32_t{0x1fff});
}

void multiply(const Choice& s, float alpha, const void* a, const void* b, float beta, float* c) {
  const bool ta = s.desc.transpose_a == CUBLAS_OP_T, tb = s.desc.transpose_b == CUBLAS_OP_T;
  const bool rounds = s.desc.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
  const int64_t depth = static_cast<int64_t>(ta ? s.a.rows : s.a.columns);
  for (int64_t batch = 0; batch < s.c.batch; ++batch)
    for (int64_t j = 0; j < static_cast<int64_t>(s.c.columns); ++j)
      for (int64_t i = 0; i < static_cast<int64_t>(s.c.rows); ++i) {
        float sum = 0;
        for (int64_t k = 0; k < depth; ++k) {
          const float p = s.a.at(a, batch * s.a.step + (ta ? i * s.a.ld + k : k * s.a.ld + i));
          const float q = s.b.at(b, batch * s.b.step + (tb ? k * s.b.ld + j : j * s.b.ld + k));
          sum += rounds ? tf32(p) * tf32(q) : p * q;
        }
        float& to = c[batch * s.c.step + j * s.c.ld + i];
        to = beta == 0 ? alpha * sum : alpha * sum + beta * to;  // an unread C may be NaN
      }
}

bool is_aligned(const void* pointer, uint64_t bytes) {
  return reinterpret_cast<uintptr_t>(pointer) % bytes == 0;
}

template <class Value>
cublasStatus_t put(Value& to, const void* from, size_t bytes) {
  if (bytes != sizeof(Value)) return CUBLAS_STATUS_INVALID_VALUE;
  std::memcpy(&to, from, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

template <class Own, class Opaque>
Own& own(Opaque* opaque) {
  return *reinterpret_cast<Own*>(opaque);
}
template <class Own, class Opaque>
cublasStatus_t destroy(Opaque* opaque) {
  delete reinterpret_cast<Own*>(opaque);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t create(cublasLtHandle_t* handle) {
  *handle = reinterpret_cast<cublasLtHandle_t>(new int);
  return CUBLAS_STATUS_SUCCESS;
}
const char* status_name(cublasStatus_t status) {
  return status == CUBLAS_STATUS_ALLOC_FAILED       ? "CUBLAS_STATUS_ALLOC_FAILED"
         : status == CUBLAS_STATUS_EXECUTION_FAILED ? "CUBLAS_STATUS_EXECUTION_FAILED"
                                                    : "another status";
}

cublasStatus_t desc_create(cublasLtMatmulDesc_t* desc, cublasComputeType_t compute,
                           cudaDataType_t scale) {
  *desc = reinterpret_cast<cublasLtMatmulDesc_t>(new Desc{compute, scale});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t desc_set(cublasLtMatmulDesc_t desc, cublasLtMatmulDescAttributes_t attribute,
                        const void* value, size_t bytes) {
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      return put(own<Desc>(desc).transpose_a, value, bytes);
    case CUBLASLT_MATMUL_DESC_TRANSB:
      return put(own<Desc>(desc).transpose_b, value, bytes);
    default:
      return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

cublasStatus_t layout_create(cublasLtMatrixLayout_t* layout, cudaDataType type, uint64_t rows,
                             uint64_t columns, int64_t ld) {
  *layout = reinterpret_cast<cublasLtMatrixLayout_t>(new Layout{type, rows, columns, ld});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t layout_set(cublasLtMatrixLayout_t layout, cublasLtMatrixLayoutAttribute_t attribute,
                          const void* value, size_t bytes) {
  switch (attribute) {
    case CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT:
      return put(own<Layout>(layout).batch, value, bytes);
    case CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET:
      return put(own<Layout>(layout).step, value, bytes);
    default:
      return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

cublasStatus_t preference_create(cublasLtMatmulPreference_t* preference) {
  *preference = reinterpret_cast<cublasLtMatmulPreference_t>(new Preference);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t preference_set(cublasLtMatmulPreference_t preference,
                              cublasLtMatmulPreferenceAttributes_t attribute, const void* value,
                              size_t bytes) {
  Preference& to = own<Preference>(preference);
  if (attribute == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) return put(to.workspace, value, bytes);
  const int i = attribute - CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES;
  return i >= 0 && i < 4 ? put(to.alignments[i], value, bytes) : CUBLAS_STATUS_NOT_SUPPORTED;
}

cublasStatus_t get_heuristic(cublasLtHandle_t, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a,
                             cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c,
                             cublasLtMatrixLayout_t d, cublasLtMatmulPreference_t preference,
                             int wanted, cublasLtMatmulHeuristicResult_t* results, int* found) {
  ++cublaslt_double().heuristics;
  *found = 0;
  if (wanted < 1) return CUBLAS_STATUS_INVALID_VALUE;
  const Preference& asked = own<Preference>(preference);
  Choice choice{own<Desc>(desc),
                own<Layout>(a),
                own<Layout>(b),
                own<Layout>(c),
                own<Layout>(d),
                {},
                std::min<uint64_t>(asked.workspace, 4096)};
  std::memcpy(choice.alignments, asked.alignments, sizeof(choice.alignments));
  if (!shapes_agree(choice.desc, choice.a, choice.b, choice.c)) return CUBLAS_STATUS_INVALID_VALUE;
  if (!is_supported(choice.desc, choice.a, choice.b, choice.c, choice.d))
    return CUBLAS_STATUS_NOT_SUPPORTED;
  const uint64_t number = choices().size() + 1;
  choices()[number] = choice;
  results[0] = {};
  results[0].algo.data[0] = number;
  results[0].workspaceSize = choice.workspace;
  results[0].state = CUBLAS_STATUS_SUCCESS;
  *found = 1;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t matmul(cublasLtHandle_t, cublasLtMatmulDesc_t desc, const void* alpha, const void* a,
                      cublasLtMatrixLayout_t a_layout, const void* b,
                      cublasLtMatrixLayout_t b_layout, const void* beta, const void* c,
                      cublasLtMatrixLayout_t c_layout, void* d, cublasLtMatrixLayout_t d_layout,
                      const cublasLtMatmulAlgo_t* algorithm, void* workspace,
                      size_t workspace_bytes, cudaStream_t stream) {
  if (cublaslt_double().status != CUBLAS_STATUS_SUCCESS) return cublaslt_double().status;
  const auto it = choices().find(algorithm->data[0]);
  if (it == choices().end()) return CUBLAS_STATUS_INVALID_VALUE;
  const Choice s = it->second;
  if (s.desc != own<Desc>(desc) || s.a != own<Layout>(a_layout) || s.b != own<Layout>(b_layout) ||
      s.c != own<Layout>(c_layout) || s.d != own<Layout>(d_layout) || c != d)
    return CUBLAS_STATUS_INVALID_VALUE;
  if (workspace_bytes < s.workspace || !is_aligned(workspace, 16))
    return CUBLAS_STATUS_INVALID_VALUE;
  const void* const pointers[] = {a, b, c, d};
  for (int i = 0; i < 4; ++i)
    if (!is_aligned(pointers[i], s.alignments[i])) return CUBLAS_STATUS_INVALID_VALUE;
  const float by = *static_cast<const float*>(alpha), keep = *static_cast<const float*>(beta);
  const cudaError_t queued = queue(stream, [=] {
    std::memset(workspace, 0x7f, s.workspace);  // whatever stood there is lost
    multiply(s, by, a, b, keep, static_cast<float*>(d));
  });
  return queued == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

}  // namespace

CublasLtDouble& cublaslt_double() {
  static CublasLtDouble told;
  return told;
}

}  // namespace tengen::emulation

namespace tengen::nn {

const CublasLtLibrary& cublaslt_library() {
  using namespace emulation;
  static const CublasLtLibrary library{
      create,
      [](cublasLtHandle_t handle) { return destroy<int>(handle); },
      status_name,
      status_name,
      desc_create,
      [](cublasLtMatmulDesc_t desc) { return destroy<Desc>(desc); },
      desc_set,
      layout_create,
      [](cublasLtMatrixLayout_t layout) { return destroy<Layout>(layout); },
      layout_set,
      preference_create,
      [](cublasLtMatmulPreference_t preference) { return destroy<Preference>(preference); },
      preference_set,
      get_heuristic,
      matmul};
  return library;
}

}  // namespace tengen::nn
