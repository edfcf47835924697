#include "nn/cuda/convolutions.h"

#include <array>
#include <map>
#include <mutex>

#include "nn/cuda/convolution_graphs.h"
#include "nn/cuda/convolution_kernels.h"
#include "nn/cuda/cudnn_session.h"
#include "nn/cuda/patch_convolution.h"
#include "nn/cuda/product_kernels.h"
#include "nn/cuda/products.h"

namespace tengen::nn {
namespace {

constexpr size_t kMostKept = 1024;  // shapes; beyond, they are asked for again

// One of the three, with what it reads and writes; each pointer is of what the shape says.
struct Call {
  ConvolutionPart part;
  const Conv2dShape& s;
  float* image;
  float* filter;
  float* result;
  cudaStream_t stream;

  int64_t depth() const { return s.kernel_h * s.kernel_w * s.group_in(); }
  int64_t filter_size() const { return depth() * s.out; }
  int64_t image_size() const { return s.n * s.height * s.width * s.in; }
  int64_t result_size() const { return s.n * s.out_height() * s.out_width() * s.out; }
  // No algorithm asks for more than 16.
  int64_t alignment() const {
    const auto address =
        reinterpret_cast<uintptr_t>(image) | reinterpret_cast<uintptr_t>(result) | 16;
    return static_cast<int64_t>(address & -address);
  }
};

using Key = std::array<int64_t, 18>;

Key key_of(const Call& call) {
  const Conv2dShape& s = call.s;
  return {static_cast<int64_t>(call.part),
          static_cast<int64_t>(s.precision),
          s.n,
          s.height,
          s.width,
          s.in,
          s.out,
          s.kernel_h,
          s.kernel_w,
          s.stride.h,
          s.stride.w,
          s.padding.h,
          s.padding.w,
          s.dilation.h,
          s.dilation.w,
          s.groups,
          call.alignment()};
}

bool is_product(const Conv2dShape& s) {
  return s.kernel_h == 1 && s.kernel_w == 1 && s.stride == 1 && s.padding == 0 && s.groups == 1;
}

size_t round_up(size_t bytes) { return (bytes + 255) / 256 * 256; }

// Takes pieces of the memory of one call, one after the other.
class Pieces {
 public:
  explicit Pieces(void* data) : next_(static_cast<char*>(data)) {}
  template <class T>
  T* take(int64_t count) {
    T* const piece = reinterpret_cast<T*>(next_);
    next_ += round_up(static_cast<size_t>(count) * sizeof(T));
    return piece;
  }

 private:
  char* next_;
};

}  // namespace

struct Convolutions::Parts {
  explicit Parts(const ConvolutionOptions& options)
      : options(options), products({.tf32 = options.tf32}) {}

  struct Kept {
    std::optional<ChosenPlan> plan;  // none: patches
    std::vector<bool> rounded;       // which graphs have bfloat16 factors
  };

  void run(const Call& call);
  void run_product(const Call& call);
  void run_patches(const Call& call);
  Kept choose(const Call& call);
  void run_plan(const Call& call, const CudnnPlan& plan, bool rounded);
  template <class Factor>
  void run_plan_on(const Call& call, const CudnnPlan& plan);

  const ConvolutionOptions options;
  std::shared_ptr<CudnnSession> session = CudnnSession::of_current_device();
  Products products;
  StreamMemory memory;
  PatchConvolution patches{products, memory};
  std::map<Key, Kept> kept;
  std::mutex mutex;  // between the first and the last kernel of a call, nothing else is queued
};

void Convolutions::Parts::run_product(const Call& call) {
  const Conv2dShape& s = call.s;
  const int64_t pixels = s.n * s.height * s.width;
  GemmShape product{.lda = s.in, .ldb = s.out, .ldc = s.out, .precision = s.precision};
  switch (call.part) {
    case ConvolutionPart::kForward:
      product.m = pixels, product.n = s.out, product.k = s.in;
      return products.gemm(product, call.image, call.filter, call.result, call.stream);
    case ConvolutionPart::kGradInput:
      product.transpose_b = true;
      product.m = pixels, product.n = s.in, product.k = s.out;
      product.lda = s.out, product.ldc = s.in;
      return products.gemm(product, call.result, call.filter, call.image, call.stream);
    case ConvolutionPart::kGradWeight:
      product.transpose_a = true;
      product.m = s.in, product.n = s.out, product.k = pixels;
      return products.gemm(product, call.image, call.result, call.filter, call.stream);
  }
}

void Convolutions::Parts::run_patches(const Call& call) {
  switch (call.part) {
    case ConvolutionPart::kForward:
      return patches.forward(call.s, call.image, call.filter, call.result, call.stream);
    case ConvolutionPart::kGradInput:
      return patches.grad_input(call.s, call.result, call.filter, call.image, call.stream);
    case ConvolutionPart::kGradWeight:
      return patches.grad_weight(call.s, call.image, call.result, call.filter, call.stream);
  }
}

// For bfloat16, TF32 may be tried too: it rounds less, needs no pass to round, and has half the
// speed, so that small convolutions are faster with it.
Convolutions::Parts::Kept Convolutions::Parts::choose(const Call& call) {
  const Conv2dShape& s = call.s;
  const bool rounds = s.precision == Precision::kBfloat16;
  std::vector<SearchedGraph> graphs;
  std::vector<bool> rounded;
  if (rounds) {
    graphs.push_back({bfloat16_graph(call.part, s, call.alignment()), true});
    rounded.push_back(true);
  }
  if (!rounds || options.tf32) {
    graphs.push_back({float_graph(call.part, s, call.alignment()), options.tf32});
    rounded.push_back(false);
  }
  const char* const part = call.part == ConvolutionPart::kForward     ? "convolution"
                           : call.part == ConvolutionPart::kGradInput ? "gradient of input"
                                                                      : "gradient of weight";
  const PlanSearch search{.key = std::string(part) + (rounds ? ", bfloat16" : ", float32") +
                                 (options.tf32 ? ", tf32" : "") + ", aligned " +
                                 std::to_string(call.alignment()) + ", " + text_of(s),
                          .most_tried = options.most_tried};
  auto plan = session->choose(
      search, graphs,
      [&](const ChosenPlan& chosen) { run_plan(call, chosen.plan, rounded[chosen.graph]); },
      call.stream);
  return {std::move(plan), std::move(rounded)};
}

// What the plan reads as Factor: float as it is, bfloat16 from a rounded copy.
template <class Factor>
void Convolutions::Parts::run_plan_on(const Call& call, const CudnnPlan& plan) {
  constexpr bool kRounds = std::is_same_v<Factor, __nv_bfloat16>;
  const bool makes_filter = call.part == ConvolutionPart::kGradWeight;
  const size_t copies = kRounds ? round_up(static_cast<size_t>(call.image_size()) * 2) +
                                      round_up(static_cast<size_t>(call.result_size()) * 2)
                                : 0;
  Pieces pieces(memory.of(call.stream, round_up(static_cast<size_t>(call.filter_size()) * 4) +
                                           copies + plan.workspace_bytes()));
  auto* const filter = pieces.take<float>(call.filter_size());  // [K,kh,kw,C] of Factor or floats
  const auto factor = [&](float* values, int64_t size) -> void* {
    if constexpr (kRounds) {
      auto* const rounded = pieces.take<__nv_bfloat16>(size);
      round_to_bfloat16({.columns = size, .x_ld = size, .y_ld = size}, values, rounded,
                        call.stream);
      return rounded;
    }
    return values;
  };
  void* image = call.image;
  void* result = call.result;
  if (call.part != ConvolutionPart::kGradInput) image = factor(call.image, call.image_size());
  if (call.part != ConvolutionPart::kForward) result = factor(call.result, call.result_size());
  if (!makes_filter)
    transpose(call.depth(), call.s.out, call.filter, reinterpret_cast<Factor*>(filter),
              call.stream);
  session->run(plan, {kImageTensor, kFilterTensor, kResultTensor}, {image, filter, result},
               pieces.take<char>(0), call.stream);
  if (makes_filter) transpose(call.s.out, call.depth(), filter, call.filter, call.stream);
}

void Convolutions::Parts::run_plan(const Call& call, const CudnnPlan& plan, bool rounded) {
  if (rounded)
    run_plan_on<__nv_bfloat16>(call, plan);
  else
    run_plan_on<float>(call, plan);
}

void Convolutions::Parts::run(const Call& call) {
  if (is_product(call.s)) return run_product(call);
  const std::lock_guard lock(mutex);
  const Key key = key_of(call);
  auto it = kept.find(key);
  if (it == kept.end()) {
    if (kept.size() == kMostKept) kept.clear();
    it = kept.emplace(key, choose(call)).first;
  }
  const Kept& chosen = it->second;
  if (chosen.plan)
    run_plan(call, chosen.plan->plan, chosen.rounded[chosen.plan->graph]);
  else
    run_patches(call);
}

Convolutions::Convolutions(const ConvolutionOptions& options)
    : parts_(std::make_unique<Parts>(options)) {}
Convolutions::~Convolutions() = default;

void Convolutions::forward(const Conv2dShape& s, const float* x, const float* w, float* y,
                           cudaStream_t stream) {
  const Call call{ConvolutionPart::kForward, s, const_cast<float*>(x),
                  const_cast<float*>(w),     y, stream};
  if (call.result_size() > 0) parts_->run(call);
}

void Convolutions::grad_input(const Conv2dShape& s, const float* dy, const float* w, float* dx,
                              cudaStream_t stream) {
  const Call call{ConvolutionPart::kGradInput, s,     dx, const_cast<float*>(w),
                  const_cast<float*>(dy),      stream};
  if (call.image_size() > 0) parts_->run(call);
}

void Convolutions::grad_weight(const Conv2dShape& s, const float* x, const float* dy, float* dw,
                               cudaStream_t stream) {
  const Call call{ConvolutionPart::kGradWeight, s,     const_cast<float*>(x), dw,
                  const_cast<float*>(dy),       stream};
  if (call.result_size() > 0) return parts_->run(call);
  CUDA_CHECK(
      cudaMemsetAsync(dw, 0, static_cast<size_t>(call.filter_size()) * sizeof(float), stream));
}

}  // namespace tengen::nn
