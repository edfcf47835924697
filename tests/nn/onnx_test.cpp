// ONNX export: what an independent runtime computes from the file is what the network computes.
#include "nn/io/onnx.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "nn/base/check.h"
#include "nn/io/wire_format.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"
#include "tests/nn/onnx_comparison.h"
#include "tests/nn/scratch_folder.h"
#include "tests/nn/traced_cases.h"

namespace tengen::nn {
namespace {

// The network behind a convolution that changes nothing, which hands on channels first.
Forward behind_convolution(const Forward& network, int64_t channels) {
  Tensor weight({1, 1, channels, channels});
  for (int64_t k = 0; k < channels; ++k) weight.values()[k * channels + k] = 1.0f;
  return [network, identity = Var(weight)](const std::vector<Var>& in) {
    return network({conv2d(in[0], identity, Var(), {})});
  };
}

TEST(Onnx, EveryOperationIsTheRuntimesToo) {
  const auto runtime = OnnxRuntime::find();
  Comparison comparison;
  for (const OpCase& c : op_cases()) {
    for (const bool behind : {false, true}) {
      if (behind && c.inputs[0].rank() != 4) continue;
      const Forward forward =
          behind ? behind_convolution(network_of(c), c.inputs[0][3]) : network_of(c);
      if (!can_be_traced(forward, {c.inputs[0]})) continue;
      const Tensor x(c.inputs[0], spread_values(c.inputs[0].size(), 0));
      std::string model;
      try {
        model = onnx_bytes(forward, {c.inputs[0]}, {.any_batch = false});
      } catch (const Error& error) {
        ADD_FAILURE() << c.name << ": " << error.what();
        continue;
      }
      const NoGrad no_grad;
      comparison.add(c.name + (behind ? " behind a convolution" : ""), std::move(model), {x},
                     forward({Var(x)}));
    }
  }
  if (!runtime) GTEST_SKIP() << OnnxRuntime::kHowToGetIt;
  comparison.expect_equal(*runtime);
}

// A convolutional net with what image nets have: residuals, biases of the image, pooling.
class ImageNet : public Module {
 public:
  explicit ImageNet(Rng rng)
      : stem_(3, 8, 3, rng), norm_(8), conv_(8, 8, 3, rng), bias_(8, 8, rng), head_(16, 5, rng) {
    add_child("stem", stem_);
    add_child("norm", norm_);
    add_child("conv", conv_);
    add_child("bias", bias_);
    add_child("head", head_);
    for (const NamedTensor& entry : state())
      if (entry.path.starts_with("norm")) fill(entry);
  }
  std::vector<Var> forward(const std::vector<Var>& in) {
    Var x = relu(norm_.forward(stem_.forward(in[0])));
    x = add(x, relu(add(conv_.forward(x), bias_.forward(global_mean_pool(x)))));
    const Var pooled = concat({global_mean_pool(x), global_max_pool(x)}, 1);
    const Shape s = x.shape();
    const Var map = reshape(slice(x, 3, 2, 3), {s[0], s[1] * s[2]});
    return {head_.forward(pooled), sigmoid(map), x};
  }

 private:
  static void fill(const NamedTensor& entry) {
    Tensor to = entry.tensor;
    for (float& x : to.values()) x += 0.25f + 0.1f * static_cast<float>(&x - to.data());
  }

  Conv2d stem_;
  BatchNorm norm_;
  Conv2d conv_;
  Linear bias_, head_;
};

// What the file says, by field numbers of onnx.proto.
struct Decoded {
  explicit Decoded(const std::string& bytes) {
    for (const std::string_view graph : fields(bytes, 7)) {
      for (const std::string_view node : fields(graph, 1))
        ++types[std::string(fields(node, 4).at(0))];
      for (const std::string_view constant : fields(graph, 5))
        constants.insert(std::string(fields(constant, 8).at(0)));
      for (const std::string_view input : fields(graph, 11))
        for (const std::string_view dim :
             fields(fields(fields(fields(input, 2).at(0), 1).at(0), 2).at(0), 1))
          input_dims.push_back(dims_text(dim));
    }
  }
  static std::vector<std::string_view> fields(std::string_view message, int number) {
    std::vector<std::string_view> found;
    WireReader reader(message, "model");
    while (const auto field = reader.next())
      if (field->number == number && field->type == WireType::kBytes) found.push_back(field->bytes);
    return found;
  }
  static std::string dims_text(std::string_view dim) {
    WireReader reader(dim, "dim");
    const auto field = reader.next();
    return field->number == 2 ? std::string(field->bytes) : std::to_string(field->value);
  }
  std::map<std::string, int> types;
  std::set<std::string> constants;
  std::vector<std::string> input_dims;
};

TEST(Onnx, ConstantsHaveTheirPathsAndTransposesStandOnlyAtTheEnds) {
  ImageNet net{Rng(4)};
  net.train(false);
  const Decoded model(onnx_bytes([&](const auto& in) { return net.forward(in); }, {{1, 6, 7, 3}},
                                 {.state = net.state()}));
  EXPECT_EQ(model.input_dims, (std::vector<std::string>{"N", "6", "7", "3"}));
  for (const NamedTensor& entry : net.state())
    EXPECT_TRUE(model.constants.contains(entry.path)) << entry.path;
  EXPECT_EQ(model.types.at("Conv"), 2);
  // The input's, the slice's and that of the image that is an output.
  EXPECT_EQ(model.types.at("Transpose"), 3);
}

TEST(Onnx, WhatCannotBeExportedIsNamed) {
  const Forward one_row = [](const std::vector<Var>& in) {
    return std::vector<Var>{reshape(in[0], {1, 6})};
  };
  EXPECT_NE(error_of([&] {
              onnx_bytes(one_row, {{1, 2, 3}});
            }).find("fixed batch"),
            std::string::npos);
  EXPECT_EQ(error_of([&] { onnx_bytes(one_row, {{1, 2, 3}}, {.any_batch = false}); }), "");
  const Forward counts_rows = [](const std::vector<Var>& in) {
    return std::vector<Var>{scale(in[0], 1.0f / static_cast<float>(in[0].shape()[0]))};
  };
  EXPECT_NE(error_of([&] {
              onnx_bytes(counts_rows, {{1, 2}});
            }).find("'factor' of 'scale'"),
            std::string::npos);
  const Forward unheard_of = [](const std::vector<Var>& in) {
    const Var y(in[0].value().clone());
    record_operation("fourier", {in[0]}, y);
    return std::vector<Var>{y};
  };
  EXPECT_NE(error_of([&] {
              onnx_bytes(unheard_of, {{1, 2}});
            }).find("'fourier'"),
            std::string::npos);
}

}  // namespace
}  // namespace tengen::nn
