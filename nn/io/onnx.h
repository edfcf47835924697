// ONNX export: a network's evaluation as a file that other runtimes run.
//
// Inputs and outputs keep the network's shapes, [N,H,W,C] for images. Inside, convolutions and
// pooling want [N,C,H,W]; transposes stand only where the two orders meet (onnx_translation.h).
// Opset 17, which every runtime since 2022 reads.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nn/graph.h"
#include "nn/layers/module.h"

namespace tengen::nn {

struct OnnxOptions {
  // Default: "input", or "input0", "input1", ... where there are several.
  std::vector<std::string> input_names = {}, output_names = {};
  // Names for the constants that are parameters or buffers: Module::state(). Others are numbered.
  std::vector<NamedTensor> state = {};
  std::map<std::string, std::string> metadata = {};
  // The first axis of every input is called "N" and takes any size. A network that works for one
  // size of batch only is an Error that says so.
  bool any_batch = true;
};

// The network must be in eval mode. An operation that ONNX cannot say is an Error that names it.
std::string onnx_bytes(const Forward& forward, const std::vector<Shape>& input_shapes,
                       const OnnxOptions& options = {});
void save_onnx(const std::string& path, const Forward& forward,
               const std::vector<Shape>& input_shapes, const OnnxOptions& options = {});

}  // namespace tengen::nn
