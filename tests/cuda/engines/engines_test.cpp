// The real cuDNN has plans for our graphs on an H200: asked without a GPU, from the properties of
// one (cuDNN 9.8). Kernels that are compiled at run time are compiled, for the driver double to
// take. Nothing runs: that the numbers are right, and how fast, only a GPU tells.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include "nn/cuda/convolution_graphs.h"
#include "nn/cuda/cudnn_session.h"
#include "nn/cuda/half_convolution_graphs.h"

namespace tengen::nn {
namespace {

// As cuDNN writes the properties of a device.
constexpr char kH200[] = R"({"deviceVer":900,"driverVer":13000,"cudaDeviceId":0,
"totalGlobalMem":150000000000,"maxGridSize":[2147483647,65535,65535],
"maxBlockSize":[1024,1024,64],"regsPerBlock":65536,"multiProcessorCount":132,"warpSize":32,
"maxSharedMemoryPerBlock":49152,"maxSharedMemoryPerBlockOptin":232448,
"reservedSharedMemoryPerBlock":1024,"maxRegistersPerSM":65536,"maxCtasPerSM":32,
"maxThreadsPerBlock":1024,"maxThreadsPerSM":2048,"pciDeviceId":0,"isTccDriver":0,
"supportCoopLaunch":1,"smClockRateKHz":1980000,"memClockRateKHz":3201000,
"l2CacheSize":62914560,"deviceName":"NVIDIA H200"})";

class CudnnOnAnH200 : public testing::Test {
 protected:
  void SetUp() override {
    try {
      if (cudnn_library().version() < 90800)
        GTEST_SKIP() << "cuDNN " << cudnn_library().version()
                     << " plans only for a GPU that is here; 9.8 can do without";
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
    ASSERT_NE(dlopen(TENGEN_DRIVER_DOUBLE, RTLD_NOW | RTLD_GLOBAL), nullptr) << dlerror();
    properties_.emplace(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    properties_->set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, std::string_view(kH200));
    properties_->finalize();
  }

  struct Found {
    size_t proposed = 0, wanted = 0;
    std::string plan;  // of the first config that becomes one; empty: none
  };

  // The first plan for the graph that a session would take, on its own conditions.
  Found search(CudnnGraph graph, bool tensor_core = true) {
    const CudnnTarget target{.properties = &*properties_};
    Found found;
    if (!graph.finalize(target)) return found;
    for (const auto mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK})
      for (const CudnnConfig& config : propose_configs(graph, target, mode)) {
        ++found.proposed;
        if (!is_wanted(config, tensor_core)) continue;
        ++found.wanted;
        if (!found.plan.empty()) continue;
        const auto plan = CudnnPlan::make(config, target);
        if (plan && plan->workspace_bytes() <= PlanSearch().most_workspace)
          found.plan = plan->name() + (config.compiled ? " (compiled)" : "");
      }
    return found;
  }

  void expect_plan(const CudnnGraph& graph, const std::string& what, bool tensor_core = true) {
    const Found found = search(graph, tensor_core);
    std::printf("%s: %zu of %zu configs wanted, engine %s\n", what.c_str(), found.wanted,
                found.proposed, found.plan.c_str());
    EXPECT_NE(found.plan, "") << what << ": " << found.proposed << " configs proposed, "
                              << found.wanted << " wanted";
  }

  void expect_training(const Conv2dShape& s) {
    for (const auto part :
         {ConvolutionPart::kForward, ConvolutionPart::kGradInput, ConvolutionPart::kGradWeight})
      for (const bool tf32 : {true, false})
        expect_plan(float_graph(part, s, 16),
                    name_of(part) + (tf32 ? " TF32, " : " float32, ") + text_of(s), tf32);
  }

  static std::string name_of(ConvolutionPart part) {
    return part == ConvolutionPart::kForward     ? "forward"
           : part == ConvolutionPart::kGradInput ? "gradient of input"
                                                 : "gradient of weight";
  }

  static Conv2dShape board(int64_t n, int64_t size, int64_t in, int64_t out, int64_t kernel = 3) {
    return {.n = n,
            .height = size,
            .width = size,
            .in = in,
            .out = out,
            .kernel_h = kernel,
            .kernel_w = kernel,
            .padding = kernel / 2};
  }

  std::optional<CudnnDescriptor> properties_;
};

TEST_F(CudnnOnAnH200, TrainsTheTrunksOfGoNetworks) {
  for (const int64_t size : {9, 19})
    for (const int64_t channels : {64, 96, 128})
      expect_training(board(256, size, channels, channels));
}

TEST_F(CudnnOnAnH200, TrainsTheFirstLayersOfGoNetworks) {
  expect_training(board(256, 9, 22, 96));
  expect_training(board(256, 19, 22, 96, 5));
}

TEST_F(CudnnOnAnH200, TrainsTheDemos) {
  expect_training(board(128, 28, 1, 32));
  expect_training(board(128, 14, 32, 64));
  expect_training(board(128, 32, 3, 32));
  Conv2dShape stride = board(128, 32, 64, 128);
  stride.stride = 2;
  expect_training(stride);
  expect_training({.n = 128,
                   .height = 24,
                   .width = 24,
                   .in = 20,
                   .out = 50,
                   .kernel_h = 5,
                   .kernel_w = 5,
                   .padding = 0});
}

TEST_F(CudnnOnAnH200, TrainsWhatIsUnusual) {
  expect_training({.n = 16, .height = 14, .width = 13, .in = 24, .out = 36, .groups = 3});
  expect_training({.n = 16, .height = 12, .width = 12, .in = 40, .out = 40, .groups = 40});
  expect_training(
      {.n = 16, .height = 16, .width = 16, .in = 12, .out = 20, .padding = 2, .dilation = 2});
  expect_training({.n = 16,
                   .height = 1,
                   .width = 100,
                   .in = 16,
                   .out = 16,
                   .kernel_h = 1,
                   .kernel_w = 3,
                   .padding = {0, 1}});
}

TEST_F(CudnnOnAnH200, ConvolvesFloatsOfAnyAlignment) {
  for (const auto part :
       {ConvolutionPart::kForward, ConvolutionPart::kGradInput, ConvolutionPart::kGradWeight})
    expect_plan(float_graph(part, board(64, 9, 64, 64), 4), name_of(part) + " aligned 4");
}

TEST_F(CudnnOnAnH200, ConvolvesBfloat16ToFloat32) {
  expect_plan(bfloat16_graph(ConvolutionPart::kForward, board(256, 9, 96, 96), 16), "forward");
}
TEST_F(CudnnOnAnH200, ConvolvesTheGradientOfInputInBfloat16) {
  expect_plan(bfloat16_graph(ConvolutionPart::kGradInput, board(256, 9, 96, 96), 16), "input");
}
TEST_F(CudnnOnAnH200, ConvolvesTheGradientOfWeightsInBfloat16) {
  expect_plan(bfloat16_graph(ConvolutionPart::kGradWeight, board(256, 9, 96, 96), 16), "weight");
}

TEST_F(CudnnOnAnH200, ConvolvesFewChannelsInBfloat16) {
  expect_plan(bfloat16_graph(ConvolutionPart::kForward, board(128, 28, 1, 32), 16), "1 channel");
  expect_plan(bfloat16_graph(ConvolutionPart::kForward, board(256, 9, 22, 96), 16), "22 channels");
}

// What a plan is run with, cuDNN takes too; then it misses the handle.
TEST_F(CudnnOnAnH200, TakesThePointersOfARun) {
  CudnnGraph graph = float_graph(ConvolutionPart::kForward, board(2, 9, 8, 8), 16);
  const CudnnTarget target{.properties = &*properties_};
  ASSERT_TRUE(graph.finalize(target));
  const auto configs = propose_configs(graph, target, CUDNN_HEUR_MODE_A);
  ASSERT_FALSE(configs.empty());
  const auto plan = CudnnPlan::make(configs[0], target);
  ASSERT_TRUE(plan);
  alignas(256) static char memory[4 * 256];
  try {
    plan->run(nullptr, {kImageTensor, kFilterTensor, kResultTensor},
              {memory, memory + 256, memory + 512}, memory + 768);
    ADD_FAILURE() << "a run without a handle";
  } catch (const CudaError& error) {
    EXPECT_NE(std::string(error.what()).find(".execute("), std::string::npos) << error.what();
  }
}

class CudnnFusesOnAnH200 : public CudnnOnAnH200 {
 protected:
  static HalfConvolutionParts parts_of(const Conv2dShape& s) {
    HalfConvolutionParts parts;
    parts.shape = s;
    parts.bias.resize(static_cast<size_t>(s.out));
    parts.relu = true;
    return parts;
  }
  void expect_plans(const HalfConvolutionParts& parts) {
    for (const HalfConvolutionGraph& made : half_convolution_graphs(parts))
      expect_plan(made.graph, made.half_bias ? "bias in fp16" : "bias in float32");
  }
};

TEST_F(CudnnFusesOnAnH200, ConvolutionBiasAndRelu) { expect_plans(parts_of(board(64, 9, 96, 96))); }
TEST_F(CudnnFusesOnAnH200, TheFirstLayer) { expect_plans(parts_of(board(64, 19, 22, 96, 5))); }
TEST_F(CudnnFusesOnAnH200, AResidual) {
  HalfConvolutionParts parts = parts_of(board(64, 19, 128, 128));
  parts.has_residual = true;
  expect_plans(parts);
}
TEST_F(CudnnFusesOnAnH200, ABiasOfEveryRow) {
  HalfConvolutionParts parts = parts_of(board(64, 9, 64, 64));
  parts.has_row_bias = true;
  expect_plans(parts);
}
TEST_F(CudnnFusesOnAnH200, WhatIsScaledThen) {
  HalfConvolutionParts parts = parts_of(board(64, 9, 96, 96));
  parts.bias.clear(), parts.relu = false;
  parts.has_residual = true;
  parts.factor = parts.term = std::vector<float>(96);
  parts.then_relu = true;
  expect_plans(parts);
}
TEST_F(CudnnFusesOnAnH200, OneByOne) {
  HalfConvolutionParts parts = parts_of(board(64, 9, 96, 1, 1));
  parts.relu = false;
  expect_plans(parts);
}

}  // namespace
}  // namespace tengen::nn
