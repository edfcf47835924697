#include "nn/cuda/convolution_graphs.h"

#include <sstream>

namespace tengen::nn {

CudnnTensor image_tensor(const Conv2dShape& s, cudnnDataType_t type) {
  return {s.n, s.height, s.width, s.in, type};
}
CudnnTensor filter_tensor(const Conv2dShape& s, cudnnDataType_t type) {
  return {s.out, s.kernel_h, s.kernel_w, s.group_in(), type};
}
CudnnTensor result_tensor(const Conv2dShape& s, cudnnDataType_t type) {
  return {s.n, s.out_height(), s.out_width(), s.out, type};
}

CudnnGraph float_graph(ConvolutionPart part, const Conv2dShape& s, int64_t alignment) {
  CudnnGraph graph;
  const int64_t image = graph.add_tensor(image_tensor(s, CUDNN_DATA_FLOAT), alignment);
  const int64_t filter = graph.add_tensor(filter_tensor(s, CUDNN_DATA_FLOAT));
  const int64_t result = graph.add_tensor(result_tensor(s, CUDNN_DATA_FLOAT), alignment);
  graph.add_convolution(part, s, image, filter, result);
  return graph;
}

// cuDNN convolves bfloat16 to float32 only with an operation behind, in a kernel compiled for it:
// here one that does nothing.
CudnnGraph bfloat16_graph(ConvolutionPart part, const Conv2dShape& s, int64_t alignment) {
  const bool makes_image = part == ConvolutionPart::kGradInput;
  const bool makes_filter = part == ConvolutionPart::kGradWeight;
  const bool makes_result = part == ConvolutionPart::kForward;
  const auto type = [](bool made) { return made ? CUDNN_DATA_FLOAT : CUDNN_DATA_BFLOAT16; };
  CudnnGraph graph;
  const int64_t image =
      graph.add_tensor(image_tensor(s, type(makes_image)), makes_image ? alignment : 16);
  const int64_t filter = graph.add_tensor(filter_tensor(s, type(makes_filter)));
  const int64_t result =
      graph.add_tensor(result_tensor(s, type(makes_result)), makes_result ? alignment : 16);
  const int64_t sum = graph.add_virtual(makes_image    ? image_tensor(s, CUDNN_DATA_FLOAT)
                                        : makes_filter ? filter_tensor(s, CUDNN_DATA_FLOAT)
                                                       : result_tensor(s, CUDNN_DATA_FLOAT));
  graph.add_convolution(part, s, makes_image ? sum : image, makes_filter ? sum : filter,
                        makes_result ? sum : result);
  graph.add_pointwise(CUDNN_POINTWISE_IDENTITY, sum, 0,
                      makes_image    ? image
                      : makes_filter ? filter
                                     : result);
  return graph;
}

std::string text_of(const Conv2dShape& s) {
  std::ostringstream text;
  text << "n " << s.n << " image " << s.height << " " << s.width << " " << s.in << " out " << s.out
       << " kernel " << s.kernel_h << " " << s.kernel_w << " stride " << s.stride.h << " "
       << s.stride.w << " padding " << s.padding.h << " " << s.padding.w << " dilation "
       << s.dilation.h << " " << s.dilation.w << " groups " << s.groups;
  return text.str();
}

}  // namespace tengen::nn
