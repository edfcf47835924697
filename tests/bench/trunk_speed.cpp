// The speed of Tengen's own convolutions on the GPU, a launch for each layer and a whole trunk in
// one, beside cuDNN's: 3x3 layers of small boards in half precision, a residual network's twelve.
// Every size of tile and number of positions that fits is tried. Prints a table for each shape:
// microseconds a layer, TFLOP/s, and positions a second through twelve layers.
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/base/rng.h"
#include "nn/cuda/cuda_check.h"
#include "nn/cuda/device_array.h"
#include "nn/cuda/handles.h"
#include "nn/cuda/own_trunk.h"

namespace tengen::nn {
namespace {

constexpr int kLayers = 12;

std::vector<float> random_floats(int64_t count, double size, Rng& rng) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = static_cast<float>(size * (2.0 * rng.uniform() - 1.0));
  return values;
}

HalfConvolutionParts layer(const Conv2dShape& shape, bool has_residual, Rng& rng) {
  HalfConvolutionParts parts;
  parts.shape = shape;
  parts.weight = random_floats(9 * shape.in * shape.out, 0.05, rng);
  parts.bias = random_floats(shape.out, 1.0, rng);
  parts.has_residual = has_residual;
  parts.relu = true;
  return parts;
}

// Of a run, once it has warmed up.
float microseconds_of(const std::function<void(cudaStream_t)>& run) {
  constexpr int kTurns = 20;
  const Stream stream = make_stream();
  const Event begin = make_timing_event(), end = make_timing_event();
  for (int i = 0; i < 3; ++i) run(stream.get());
  CUDA_CHECK(cudaEventRecord(begin.get(), stream.get()));
  for (int i = 0; i < kTurns; ++i) run(stream.get());
  CUDA_CHECK(cudaEventRecord(end.get(), stream.get()));
  CUDA_CHECK(cudaStreamSynchronize(stream.get()));
  return 1000.0f * milliseconds_between(begin, end) / kTurns;
}

class Table {
 public:
  explicit Table(const Conv2dShape& shape) : shape_(shape) {
    std::printf("\n%lldx%lld, %lld channels, batch %lld\n", static_cast<long long>(shape.height),
                static_cast<long long>(shape.width), static_cast<long long>(shape.in),
                static_cast<long long>(shape.n));
  }
  void add(const std::string& name, float microseconds, int layers) const {
    const double each = microseconds / layers;
    const double pixels = static_cast<double>(shape_.n * shape_.height * shape_.width);
    const double flop = pixels * 18.0 * static_cast<double>(shape_.in * shape_.out);
    std::printf("  %-40s %9.2f us %7.1f TFLOP/s %11.0f positions/s\n", name.c_str(), each,
                flop / each * 1e-6, static_cast<double>(shape_.n) / (each * kLayers) * 1e6);
  }

 private:
  const Conv2dShape shape_;
};

void measure(const Conv2dShape& shape) {
  Rng rng(1, 0);
  const Table table(shape);
  const size_t size = static_cast<size_t>(shape.n * shape.height * shape.width * shape.out);
  const DeviceArray<__half> x(std::vector<__half>(size, __float2half(0.5f)));
  void* made;
  CUDA_CHECK(cudaMalloc(&made, size * sizeof(__half)));
  const CudaHandle<void*, cudaFree> memory(made);
  __half* const y = static_cast<__half*>(made);

  const HalfConvolutionParts parts = layer(shape, true, rng);
  const auto add = [&](const std::unique_ptr<HalfConvolution>& convolution) {
    if (!convolution) return;
    const HalfConvolutionCall call{.x = x.data(), .residual = x.data(), .y = y};
    table.add(convolution->name(),
              microseconds_of([&](cudaStream_t s) { convolution->run(call, s); }), 1);
  };
  add(make_cudnn_half_convolution(parts));
  for (const int pixels : {64, 128, 256}) add(make_own_half_convolution(parts, pixels));
  if (const auto estimated = make_own_half_convolution(parts))
    std::printf("  estimated the fastest: %s\n", estimated->name().c_str());

  std::vector<TrunkLayer> layers;
  for (int i = 0; i < kLayers; ++i) {
    TrunkLayer next{layer(shape, i % 2 == 1, rng)};
    next.x = i, next.y = i + 1, next.residual = i % 2 == 1 ? i - 1 : -1;
    layers.push_back(next);
  }
  const std::vector<int> outputs{kLayers};
  const std::vector<const __half*> from{x.data()};
  const std::vector<__half*> to{y};
  for (int positions = 1; positions <= 16; ++positions)
    if (const auto trunk = make_own_trunk(layers, outputs, positions))
      table.add(trunk->name(), microseconds_of([&](cudaStream_t s) { trunk->run(from, to, s); }),
                kLayers);
  if (const auto estimated = make_own_trunk(layers, outputs))
    std::printf("  estimated the fastest: %s\n", estimated->name().c_str());
}

}  // namespace
}  // namespace tengen::nn

int main() {
  using namespace tengen::nn;
  int devices = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&devices); status != cudaSuccess) {
    std::printf("no GPU: %s\n", cudaGetErrorString(status));
    return 0;
  }
  cudaDeviceProp properties;
  CUDA_CHECK(cudaGetDeviceProperties(&properties, 0));
  std::printf("%s\n", properties.name);
  for (const int64_t board : {9, 13, 19})
    for (const int64_t channels : {64, 96, 128})
      for (const int64_t batch : {1, 16, 64, 256, 1024, 4096}) {
        Conv2dShape shape;
        shape.n = batch, shape.height = shape.width = board, shape.in = shape.out = channels;
        measure(shape);
      }
}
