// Convolutions whose rectified results are max-pooled while they are in the cache: bias and
// rectifier follow the maximum, which they do not change.
#include <sstream>
#include <utility>

#include "nn/cpu/direct_conv.h"
#include "nn/cpu/gemm.h"
#include "nn/cpu/image_pool.h"
#include "nn/cpu/winograd_conv.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

// So many tiles are multiplied at once that all buffers stay in the second-level cache; the groups
// of images that make them are equally large.
WinogradShape group_shape(const Conv2dShape& s, int64_t lanes) {
  constexpr int64_t kRows = 54;
  const int64_t images = winograd_shape(s, lanes, s.n, kRows).images;
  const int64_t groups = (s.n + images - 1) / images;
  return winograd_shape(s, lanes, (s.n + groups - 1) / groups, kRows);
}

class PooledStep : public Step {
 public:
  PooledStep(const Kernels& kernels, Operation operation, Places places)
      : kernels_(kernels),
        operation_(std::move(operation)),
        places_(std::move(places)),
        direct_(direct_fits(kernels, operation_.conv)) {
    if (!direct_) winograd_ = group_shape(operation_.conv, kernels.lanes);
  }

  void run(const Frame& frame) const override {
    const Conv2dShape& s = operation_.conv;
    const Pool2dShape& pool = operation_.pool;
    const int64_t image = pool.height * pool.width * pool.channels;
    float* const y = frame.write(places_.output);
    int32_t* const taps = reinterpret_cast<int32_t*>(frame.scratch);
    const auto pooled = [&](int64_t first, int64_t images, const float* result) {
      for (int64_t i = 0; i < images; ++i)
        max_pool_image(kernels_, pool, result + i * image, operation_.bias.data(),
                       y + (first + i) * pooled_floats(), taps);
    };
    const LoopBody<int64_t, int64_t, const float*> take(pooled);
    const float* const x = frame.read(places_.inputs[0]);
    if (direct_)
      direct_conv2d_packed(kernels_, s, x, packed_, {.take = &take});
    else
      winograd_images(kernels_, winograd_, s.n, packed_, x, {.take = &take});
  }

  std::string text() const override {
    const Conv2dShape& s = operation_.conv;
    std::ostringstream text;
    text << "conv2d " << s.kernel_h << "x" << s.kernel_w << " " << s.in << "->" << s.out
         << (direct_ ? " direct" : " winograd F(4x4)") << " + relu + max_pool -> "
         << operation_.shape;
    return text.str();
  }
  double flops() const override {
    const Conv2dShape& s = operation_.conv;
    return 2.0 * static_cast<double>(s.n * s.out_height() * s.out_width() * s.out) *
           static_cast<double>(taps());
  }
  int64_t scratch_floats() const override { return pooled_floats(); }
  int64_t weight_floats() const override {
    return direct_ ? packed_columns(kernels_, taps(), operation_.conv.out)
                   : winograd_.weight_floats();
  }
  void pack(float* to) override {
    const int64_t out = operation_.conv.out;
    if (direct_)
      kernels_.pack_columns(taps(), out, operation_.weight.data(), out, false, to);
    else
      kernels_.winograd_weights(winograd_, operation_.weight.data(), to);
    packed_ = to;
    operation_.weight = {};
  }

 private:
  int64_t taps() const {
    const Conv2dShape& s = operation_.conv;
    return s.kernel_h * s.kernel_w * s.in;
  }
  int64_t pooled_floats() const {
    const Pool2dShape& pool = operation_.pool;
    return pool.out_height() * pool.out_width() * pool.channels;
  }

  const Kernels& kernels_;
  Operation operation_;
  const Places places_;
  const bool direct_;
  WinogradShape winograd_;  // unless direct
  const float* packed_ = nullptr;
};

}  // namespace

std::unique_ptr<Step> make_pooled_step(const Kernels& kernels, Operation operation, Places places) {
  return std::make_unique<PooledStep>(kernels, std::move(operation), std::move(places));
}

}  // namespace tengen::nn
