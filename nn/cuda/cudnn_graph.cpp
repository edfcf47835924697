#include "nn/cuda/cudnn_graph.h"

namespace tengen::nn {
namespace {

using Sizes = std::vector<int64_t>;

CudnnDescriptor describe(const Conv2dShape& shape) {
  CudnnDescriptor d(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  d.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, int64_t{2});
  d.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT);
  d.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_CROSS_CORRELATION);
  d.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, Sizes{shape.padding.h, shape.padding.w});
  d.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, Sizes{shape.padding.h, shape.padding.w});
  d.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, Sizes{shape.stride.h, shape.stride.w});
  d.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, Sizes{shape.dilation.h, shape.dilation.w});
  d.finalize();
  return d;
}

// What cuDNN calls the same thing in each of the three operations.
struct ConvolutionWords {
  cudnnBackendDescriptorType_t operation;
  cudnnBackendAttributeName_t convolution, image, filter, result, alpha, beta;
};

ConvolutionWords words_of(ConvolutionPart part) {
  switch (part) {
    case ConvolutionPart::kForward:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
    case ConvolutionPart::kGradInput:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
    default:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
  }
}

template <class Note>
bool has(const std::vector<Note>& notes, Note note) {
  for (const Note n : notes)
    if (n == note) return true;
  return false;
}

void describe_engine(CudnnConfig& config) {
  const std::vector<CudnnDescriptor> engines = config.descriptor.get_descriptors(
      CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1);
  const CudnnDescriptor& engine = engines.at(0);
  config.engine = engine.get_one<int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
  const auto notes = engine.get<cudnnBackendNumericalNote_t>(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE);
  const auto habits = engine.get<cudnnBackendBehaviorNote_t>(CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE);
  config.tensor_core = has(notes, CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
  config.rounds = has(notes, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS) ||
                  has(notes, CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION);
  config.repeatable = !has(notes, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);
  config.compiled = has(habits, CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
}

void name_config(CudnnConfig& config) {
  config.name = std::to_string(config.engine);
  for (const CudnnDescriptor& knob : config.descriptor.get_descriptors(
           CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR,
           CUDNN_KNOB_TYPE_COUNTS)) {
    const auto type = knob.get_one<cudnnBackendKnobType_t>(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE);
    const auto value = knob.get_one<int64_t>(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE);
    config.name.append(" ").append(std::to_string(type));
    config.name.append("=").append(std::to_string(value));
  }
}

}  // namespace

int64_t CudnnGraph::add(const CudnnTensor& t, int64_t alignment, bool is_virtual) {
  CudnnDescriptor& d = tensors_.emplace_back(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  const auto number = static_cast<int64_t>(tensors_.size());
  d.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, number);
  d.set(CUDNN_ATTR_TENSOR_DATA_TYPE, t.type);
  d.set(CUDNN_ATTR_TENSOR_DIMENSIONS, Sizes{t.n, t.c, t.h, t.w});
  d.set(CUDNN_ATTR_TENSOR_STRIDES, Sizes{t.h * t.w * t.c, 1, t.w * t.c, t.c});
  d.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, alignment);
  d.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, is_virtual);
  d.finalize();
  return number;
}

int64_t CudnnGraph::add_tensor(const CudnnTensor& t, int64_t alignment) {
  return add(t, alignment, false);
}

int64_t CudnnGraph::add_virtual(const CudnnTensor& t) { return add(t, 16, true); }

void CudnnGraph::add_convolution(ConvolutionPart part, const Conv2dShape& shape, int64_t image,
                                 int64_t filter, int64_t result) {
  const ConvolutionWords words = words_of(part);
  CudnnDescriptor& d = operations_.emplace_back(words.operation);
  d.set(words.convolution, describe(shape));
  d.set(words.image, tensor(image));
  d.set(words.filter, tensor(filter));
  d.set(words.result, tensor(result));
  d.set(words.alpha, 1.0f);
  d.set(words.beta, 0.0f);
  d.finalize();
}

void CudnnGraph::add_pointwise(cudnnPointwiseMode_t mode, int64_t x, int64_t b, int64_t y) {
  CudnnDescriptor function(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  function.set(CUDNN_ATTR_POINTWISE_MODE, mode);
  function.set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_DATA_FLOAT);
  function.finalize();
  CudnnDescriptor& d = operations_.emplace_back(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  d.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function);
  d.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, tensor(x));
  if (b) d.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, tensor(b));
  d.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, tensor(y));
  d.finalize();
}

bool CudnnGraph::finalize(const CudnnTarget& target) {
  if (is_known_) return *is_known_;
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations_);
  if (target.handle) graph_.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, target.handle);
  is_known_ = graph_.finalize_if_supported();
  return *is_known_;
}

std::vector<CudnnConfig> propose_configs(const CudnnGraph& graph, const CudnnTarget& target,
                                         cudnnBackendHeurMode_t mode) {
  CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.descriptor());
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, mode);
  if (target.properties) heuristics.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *target.properties);
  std::vector<CudnnConfig> configs;
  if (!heuristics.finalize_if_supported()) return configs;
  for (CudnnDescriptor d :
       heuristics.get_descriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                                  heuristics.count(CUDNN_ATTR_ENGINEHEUR_RESULTS))) {
    CudnnConfig config;
    config.descriptor = d;
    d.keep(heuristics);
    describe_engine(config);
    name_config(config);
    configs.push_back(std::move(config));
  }
  return configs;
}

std::optional<CudnnPlan> CudnnPlan::make(const CudnnConfig& config, const CudnnTarget& target) {
  CudnnPlan made;
  if (target.handle) made.plan_.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, target.handle);
  if (target.properties) made.plan_.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *target.properties);
  made.plan_.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config.descriptor);
  if (!made.plan_.finalize_if_supported()) return std::nullopt;
  made.workspace_bytes_ =
      static_cast<size_t>(made.plan_.get_one<int64_t>(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
  made.engine_ = config.engine;
  made.name_ = config.name;
  return made;
}

void CudnnPlan::run(cudnnHandle_t handle, const std::vector<int64_t>& numbers,
                    const std::vector<void*>& pointers, void* workspace) const {
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, numbers);
  pack.set_pointers(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, pointers);
  pack.set_pointers(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, {workspace});
  pack.finalize();
  CUDNN_CHECK(cudnn_library().execute(handle, plan_.raw(), pack.raw()));
}

}  // namespace tengen::nn
