// Small files of classified images, as the demos read them, and pictures that they made.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "nn/io/image_file.h"
#include "tests/nn/onnx_runtime.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {

inline std::string big_endian(uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

// Two files as MNIST's: image i is a bar in row 2 * class + 4 (of 28), and its class is
// i % classes.
inline void write_idx(const nn::ScratchFolder& folder, const std::string& part, uint32_t count,
                      uint32_t side = 28, uint32_t classes = 10) {
  std::string images = big_endian(0x803) + big_endian(count) + big_endian(side) + big_endian(side);
  std::string labels = big_endian(0x801) + big_endian(count);
  for (uint32_t i = 0; i < count; ++i) {
    std::string pixels(side * side, '\0');
    const uint32_t row = (2 * (i % classes) + 4) * side / 28, margin = side / 7;
    pixels.replace(row * side + margin, side - 2 * margin, std::string(side - 2 * margin, '\xff'));
    images += pixels;
    labels += static_cast<char>(i % classes);
  }
  folder.write(part + "-images-idx3-ubyte", images);
  folder.write(part + "-labels-idx1-ubyte", labels);
}

// A picture of its own, not of one colour alone, large enough to read the words in it.
inline void expect_picture(const std::string& path) {
  const nn::Tensor picture = nn::read_image(path);
  EXPECT_EQ(picture.shape()[2], 3) << path;
  EXPECT_GE(picture.shape()[0], 100) << path;
  EXPECT_GE(picture.shape()[1], 100) << path;
  float least = 1, greatest = 0;
  for (const float number : picture.values()) {
    least = std::min(least, number);
    greatest = std::max(greatest, number);
  }
  EXPECT_LT(least, 0.5f) << path;
  EXPECT_GT(greatest, 0.9f) << path;
}

// What `tengen predict` says of one file: its name for the likeliest class and how sure it is.
struct Said {
  std::string name;
  double percent = 0;
  std::string all;
};
inline Said predict(const std::string& net, const std::string& input) {
  const Finished run = tengen::run("predict --net " + net + " " + input);
  EXPECT_EQ(run.exit_code, 0) << run.output;
  const size_t last = run.output.find_last_of('\n', run.output.size() - 2);
  const std::string line = run.output.substr(last == std::string::npos ? 0 : last + 1);
  const size_t space = line.find("  ");
  EXPECT_NE(space, std::string::npos) << run.output;
  return {line.substr(0, space), std::atof(line.c_str() + space), run.output};
}

// The ONNX export of `net` gives to `image` [1,H,W,C] the class that `said` names, `classes` being
// all names, as surely. Skips without the runtime.
inline void expect_same_in_onnx(const nn::ScratchFolder& folder, const std::string& net,
                                const nn::Tensor& image, const Said& said,
                                const std::vector<std::string>& classes) {
  const std::string model = folder.path("exported.onnx");
  const Finished exported = run("net export-onnx " + model + " --net " + net);
  ASSERT_EQ(exported.exit_code, 0) << exported.output;
  const auto runtime = nn::OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << nn::OnnxRuntime::kHowToGetIt;
  const nn::OnnxResult result =
      runtime->run({{nn::read_file(model), {"input"}, {image}}}, folder.path()).at(0);
  ASSERT_EQ(result.error, "");
  const std::vector<float> logits = result.outputs.at(0).to_vector();
  ASSERT_EQ(logits.size(), classes.size());
  const auto best = std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - *best);
  EXPECT_EQ(classes[best - logits.begin()], said.name);
  EXPECT_NEAR(100 / sum, said.percent, 0.1);
}

}  // namespace tengen
