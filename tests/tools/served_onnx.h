// A demo's network as it is served here, beside its export in an independent runtime.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "nn/base/rng.h"
#include "nn/io/atomic_file.h"
#include "tests/nn/onnx_comparison.h"
#include "tests/tools/program.h"
#include "tools/demos/demo.h"

namespace tengen {

// Exports the network of `file` by the program; skips without the runtime.
inline void expect_onnx_agrees(const std::string& file) {
  const nn::ScratchFolder folder;
  const std::string path = folder.path("net.onnx");
  const Finished exported = run("net export-onnx " + path + " --net " + file);
  ASSERT_EQ(exported.exit_code, 0) << exported.output;
  const auto runtime = nn::OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << nn::OnnxRuntime::kHowToGetIt;
  const tools::Served served = tools::serve(tools::load_trained_net(file));
  Rng rng(1);
  std::vector<nn::Tensor> inputs;
  std::vector<nn::Var> vars;
  for (const nn::Shape& shape : served.input_shapes) {
    inputs.emplace_back(served.any_batch ? shape.with(0, 3) : shape);
    for (float& x : inputs.back().values()) x = static_cast<float>(rng.uniform());
    vars.emplace_back(inputs.back());
  }
  const nn::NoGrad no_grad;
  nn::Comparison comparison;
  const auto outputs = served.forward({vars.begin(), vars.end()});
  comparison.add(file, nn::read_file(path), inputs, {outputs.begin(), outputs.end()});
  comparison.expect_equal(*runtime);
}

}  // namespace tengen
