// How plans of cuDNN are chosen and remembered, and what happens where cuDNN answers badly.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "nn/cuda/convolutions.h"
#include "nn/cuda/handles.h"
#include "nn/cuda/plan_choices.h"
#include "nn/io/atomic_file.h"
#include "tests/cuda/device_floats.h"
#include "tests/cuda/emulation/cudnn_double.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::nn {
namespace {

class Plans : public testing::Test {
 protected:
  void SetUp() override {
    std::remove(plan_choices_path().c_str());
    emulation::reset_cudnn_double();
  }
  ~Plans() override {
    emulation::faults() = {};
    emulation::reset_cudnn_double();
  }

  // A start of the program: one convolution, [1,1,2,1] by [1,2,1,1] with a stride of 1.
  float start(const ConvolutionOptions& options = {.tf32 = false}) {
    Convolutions convolutions(options);
    return convolve(convolutions);
  }
  float convolve(Convolutions& convolutions) {
    const Conv2dShape s{.n = 1,
                        .height = 1,
                        .width = 2,
                        .in = 1,
                        .out = 1,
                        .kernel_h = 1,
                        .kernel_w = 2,
                        .padding = 0};
    convolutions.forward(s, x_.data(), w_.data(), y_.data(), stream_.get());
    return y_.read()[0];
  }
  static std::vector<emulation::CudnnEngine>& engines() {
    return emulation::cudnn_double().engines;
  }

  Stream stream_ = make_stream();
  DeviceFloats x_{{3.0f, 5.0f}}, w_{{1.0f, 2.0f}}, y_{{0.0f}};
};

TEST_F(Plans, TheFastestIsTakenAndRemembered) {
  engines() = {{.index = 1, .notes = {}, .delay_ms = 20},
               {.index = 2, .notes = {}},
               {.index = 3, .notes = {}, .delay_ms = 20}};
  EXPECT_EQ(start(), 13.0f);
  EXPECT_EQ(emulation::cudnn_double().plans, 3);
  const std::string file = read_file(plan_choices_path());
  EXPECT_NE(file.find("Emulated GPU, cuDNN 91900, convolution, float32"), std::string::npos)
      << file;
  EXPECT_NE(file.find("\t0: 2 0=2\n"), std::string::npos) << file;
}

TEST_F(Plans, ASecondStartTriesNothing) {
  engines() = {{.index = 1, .notes = {}, .delay_ms = 20}, {.index = 2, .notes = {}}};
  start();
  const int plans = emulation::cudnn_double().plans, runs = emulation::cudnn_double().runs;
  EXPECT_GT(runs, 2);
  EXPECT_EQ(start(), 13.0f);
  EXPECT_EQ(emulation::cudnn_double().plans, plans + 1);
  EXPECT_EQ(emulation::cudnn_double().runs, runs + 1);
}

TEST_F(Plans, AShapeIsAskedForOnce) {
  Convolutions convolutions({.tf32 = false, .most_tried = 1});
  convolve(convolutions);
  const int heuristics = emulation::cudnn_double().heuristics;
  const int plans = emulation::cudnn_double().plans;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(convolve(convolutions), 13.0f);
  EXPECT_EQ(emulation::cudnn_double().heuristics, heuristics);
  EXPECT_EQ(emulation::cudnn_double().plans, plans);
}

TEST_F(Plans, TheFirstThatCudnnNamesNeedsNoTrial) {
  engines() = {{.index = 1, .notes = {}}, {.index = 2, .notes = {}}};
  EXPECT_EQ(start({.tf32 = false, .most_tried = 1}), 13.0f);
  EXPECT_EQ(emulation::cudnn_double().runs, 1);
}

TEST_F(Plans, AnotherGpuOrLibraryIsTriedAnew) {
  const auto tries = [&] {
    const int before = emulation::cudnn_double().runs;
    start();
    return emulation::cudnn_double().runs - before > 1;
  };
  EXPECT_TRUE(tries());
  EXPECT_FALSE(tries());
  emulation::cudnn_double().version = 92000;
  EXPECT_TRUE(tries());
  emulation::faults().gpu_name = "Another GPU";
  EXPECT_TRUE(tries());
  EXPECT_FALSE(tries());
  emulation::faults() = {};
  emulation::cudnn_double().version = 91900;
  EXPECT_FALSE(tries());
}

TEST_F(Plans, ADamagedFileIsIgnoredAndWrittenAnew) {
  start();
  const std::string path = plan_choices_path(), good = read_file(path);
  for (const std::string& damage : {std::string("nonsense"), good + "half a li", good.substr(3),
                                    std::string(100, '\0'), std::string()}) {
    std::ofstream(path, std::ios::binary) << damage;
    const int before = emulation::cudnn_double().runs;
    EXPECT_EQ(start(), 13.0f);
    EXPECT_GT(emulation::cudnn_double().runs, before + 1) << damage;
    EXPECT_EQ(read_file(path), good);
  }
}

TEST_F(Plans, APlanThatIsNoLongerThereIsTriedAnew) {
  engines() = {{.index = 1, .notes = {}}};
  start();
  engines() = {{.index = 2, .notes = {}}};
  EXPECT_EQ(start(), 13.0f);
  EXPECT_NE(read_file(plan_choices_path()).find("\t0: 2 "), std::string::npos);
}

TEST_F(Plans, AFolderThatCannotBeWrittenIsNoError) {
  const std::filesystem::path folder = std::filesystem::path(plan_choices_path()).parent_path();
  std::filesystem::remove_all(folder);
  std::ofstream(folder) << "a file where the folder should be";
  EXPECT_EQ(start(), 13.0f);
  std::filesystem::remove(folder);
}

TEST_F(Plans, OtherProcessesChoicesAreKept) {
  PlanChoices one(plan_choices_path()), other(plan_choices_path());
  one.remember("a", "1");
  other.remember("b", "2");
  const PlanChoices read(plan_choices_path());
  EXPECT_EQ(read.find("a"), "1");
  EXPECT_EQ(read.find("b"), "2");
  EXPECT_EQ(read.find("c"), std::nullopt);
}

// A training that goes on from a checkpoint must meet the same numbers.
TEST_F(Plans, EnginesWhoseResultsVaryAreNotTaken) {
  engines() = {{.index = 1, .notes = {CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC}},
               {.index = 2, .notes = {CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS}},
               {.index = 3, .notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE}},
               {.index = 4, .notes = {}}};
  start({.tf32 = false});
  EXPECT_EQ(emulation::cudnn_double().plans, 1);
  start({.tf32 = true});
  EXPECT_EQ(emulation::cudnn_double().plans, 3);
}

TEST_F(Plans, EnginesThatRefuseOrFailArePassedOver) {
  engines() = {{.index = 1, .notes = {}, .refuses = CUDNN_STATUS_NOT_SUPPORTED_SHAPE},
               {.index = 5, .notes = {}, .refuses = CUDNN_STATUS_INTERNAL_ERROR_COMPILATION_FAILED},
               {.index = 2, .notes = {}, .fails = true},
               {.index = 3, .notes = {}, .workspace = int64_t{1} << 40},
               {.index = 4, .notes = {}}};
  EXPECT_EQ(start(), 13.0f);
  EXPECT_NE(read_file(plan_choices_path()).find("\t0: 4 "), std::string::npos);
}

TEST_F(Plans, APlanThatWantsMoreMemoryThanThereIsIsPassedOver) {
  engines() = {{.index = 1, .notes = {}, .workspace = int64_t{200} << 20},
               {.index = 2, .notes = {}}};
  emulation::faults().memory_limit = emulation::allocated_bytes() + (size_t{100} << 20);
  EXPECT_EQ(start(), 13.0f);
  EXPECT_NE(read_file(plan_choices_path()).find("\t0: 2 "), std::string::npos);
}

TEST_F(Plans, WhereTheBestEnginesRefuseTheFallbackServes) {
  engines() = {{.index = 1, .notes = {}, .refuses = CUDNN_STATUS_NOT_SUPPORTED_SHAPE},
               {.index = 9, .notes = {}, .is_fallback = true}};
  EXPECT_EQ(start(), 13.0f);
  EXPECT_NE(read_file(plan_choices_path()).find("\t0: 9 "), std::string::npos);
}

TEST_F(Plans, WithoutAnyEnginePatchesAreMultiplied) {
  engines().clear();
  EXPECT_EQ(start(), 13.0f);
  EXPECT_EQ(emulation::cudnn_double().runs, 0);
}

TEST_F(Plans, CompiledPlansAreTriedSparingly) {
  engines().clear();
  for (int64_t i = 1; i <= 5; ++i) engines().push_back({.index = i, .notes = {}, .compiled = true});
  Convolutions convolutions({.tf32 = false});
  const Conv2dShape s{.n = 1,
                      .height = 1,
                      .width = 2,
                      .in = 1,
                      .out = 1,
                      .kernel_h = 1,
                      .kernel_w = 2,
                      .padding = 0,
                      .precision = Precision::kBfloat16};
  convolutions.forward(s, x_.data(), w_.data(), y_.data(), stream_.get());
  EXPECT_EQ(y_.read()[0], 13.0f);
  EXPECT_EQ(emulation::cudnn_double().plans, 2);
}

TEST_F(Plans, ErrorsNameTheCallAndTheReason) {
  Convolutions convolutions({.tf32 = false});
  convolve(convolutions);
  emulation::cudnn_double().status = CUDNN_STATUS_EXECUTION_FAILED;
  try {
    convolve(convolutions);
    ADD_FAILURE() << "cuDNN failed and nobody said so";
  } catch (const CudaError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("cudnn_graph.cpp:"), std::string::npos) << text;
    EXPECT_NE(text.find("execute"), std::string::npos) << text;
    EXPECT_NE(text.find("CUDNN_STATUS_EXECUTION_FAILED: as the test wants it"), std::string::npos)
        << text;
  }
  emulation::faults().lost = cudaErrorLaunchFailure;
  EXPECT_THROW(convolve(convolutions), DeviceLost);
  emulation::faults() = {};
  emulation::cudnn_double().status = CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED;
  EXPECT_THROW(convolve(convolutions), OutOfDeviceMemory);
}

}  // namespace
}  // namespace tengen::nn
