// What descriptors of the double of cuDNN must say.
#include <set>

#include "tests/cuda/emulation/cudnn_descriptors.h"
#include "tests/cuda/emulation/cudnn_tensor.h"

namespace tengen::emulation {
namespace {

struct Names {
  cudnnBackendAttributeName_t convolution, image, filter, result;
};

Names names_of(cudnnBackendDescriptorType_t type) {
  if (type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)
    return {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y};
  if (type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR)
    return {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY};
  return {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY};
}

void check_convolution_settings(const Description& d) {
  require(d.value<int64_t>(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS) == 2, "two spatial axes");
  require(d.value<cudnnDataType_t>(CUDNN_ATTR_CONVOLUTION_COMP_TYPE) == CUDNN_DATA_FLOAT,
          "sums in float32");
  require(
      d.value<cudnnConvolutionMode_t>(CUDNN_ATTR_CONVOLUTION_CONV_MODE) == CUDNN_CROSS_CORRELATION,
      "cross-correlation");
  for (const auto name : {CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS,
                          CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_ATTR_CONVOLUTION_DILATIONS})
    require(d.values<int64_t>(name).size() == 2, "one number an axis");
}

void check_pointwise(const Description& d) {
  const CudnnTensorDouble x(*d.child(CUDNN_ATTR_OPERATION_POINTWISE_XDESC));
  const CudnnTensorDouble y(*d.child(CUDNN_ATTR_OPERATION_POINTWISE_YDESC));
  require(x.dims == y.dims, "x and y of one shape");
  const auto mode = d.child(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR)
                        ->value<cudnnPointwiseMode_t>(CUDNN_ATTR_POINTWISE_MODE);
  require(is_binary(mode) == d.has(CUDNN_ATTR_OPERATION_POINTWISE_BDESC), "as many as it takes");
  if (!is_binary(mode)) return;
  const CudnnTensorDouble b(*d.child(CUDNN_ATTR_OPERATION_POINTWISE_BDESC));
  for (size_t i = 0; i < 4; ++i)
    require(b.dims[i] == y.dims[i] || b.dims[i] == 1, "b repeats along whole axes");
}

// Operations stand behind those whose results they read.
void check_graph(const Description& d) {
  require(d.value<cudnnHandle_t>(CUDNN_ATTR_OPERATIONGRAPH_HANDLE) != nullptr, "a handle");
  std::set<int64_t> known;
  for (const Described& operation : d.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).descriptions) {
    std::vector<const Description*> read;
    const Description* written;
    if (is_convolution(*operation)) {
      const Names names = names_of(operation->type);
      const bool grad_input =
          operation->type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR;
      const bool forward =
          operation->type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR;
      const Description *image = operation->child(names.image).get(),
                        *filter = operation->child(names.filter).get(),
                        *result = operation->child(names.result).get();
      written = forward ? result : grad_input ? image : filter;
      for (const Description* tensor : {image, filter, result})
        if (tensor != written) read.push_back(tensor);
    } else {
      written = operation->child(CUDNN_ATTR_OPERATION_POINTWISE_YDESC).get();
      read = {operation->child(CUDNN_ATTR_OPERATION_POINTWISE_XDESC).get()};
      if (operation->has(CUDNN_ATTR_OPERATION_POINTWISE_BDESC))
        read.push_back(operation->child(CUDNN_ATTR_OPERATION_POINTWISE_BDESC).get());
    }
    for (const Description* tensor : read) {
      const CudnnTensorDouble t(*tensor);
      require(!t.is_virtual || known.contains(t.number), "virtual tensors are made before");
    }
    require(known.insert(CudnnTensorDouble(*written).number).second, "made once");
  }
}

}  // namespace

bool is_convolution(const Description& d) {
  return d.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR ||
         d.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR ||
         d.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR;
}

bool is_binary(cudnnPointwiseMode_t mode) {
  return mode == CUDNN_POINTWISE_ADD || mode == CUDNN_POINTWISE_MUL;
}

CudnnConvolutionDouble::CudnnConvolutionDouble(const Description& d)
    : image(*d.child(names_of(d.type).image)),
      filter(*d.child(names_of(d.type).filter)),
      result(*d.child(names_of(d.type).result)) {
  const Description& settings = *d.child(names_of(d.type).convolution);
  padding = settings.values<int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS);
  stride = settings.values<int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES);
  dilation = settings.values<int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS);
}

// Groups are as many as the image has channels for one filter's.
bool CudnnConvolutionDouble::fits() const {
  const auto size = [&](int64_t in, int64_t taps, size_t axis) {
    return (in + 2 * padding[axis] - dilation[axis] * (taps - 1) - 1) / stride[axis] + 1;
  };
  return image.n() == result.n() && filter.n() == result.c() && image.c() % filter.c() == 0 &&
         filter.n() % (image.c() / filter.c()) == 0 &&
         result.h() == size(image.h(), filter.h(), 0) &&
         result.w() == size(image.w(), filter.w(), 1);
}

void check_description(const Description& d) {
  for (const auto& [name, attribute] : d.attributes)
    for (const Described& child : attribute.descriptions)
      if (!child->is_final)
        throw CudnnRefusal(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "a descriptor is not finalised");
  if (d.type == CUDNN_BACKEND_TENSOR_DESCRIPTOR) {
    static_cast<void>(CudnnTensorDouble(d));
  } else if (d.type == CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR) {
    check_convolution_settings(d);
  } else if (d.type == CUDNN_BACKEND_POINTWISE_DESCRIPTOR) {
    require(d.value<cudnnDataType_t>(CUDNN_ATTR_POINTWISE_MATH_PREC) == CUDNN_DATA_FLOAT,
            "computed in float32");
    static_cast<void>(d.at(CUDNN_ATTR_POINTWISE_MODE));
  } else if (is_convolution(d)) {
    require(CudnnConvolutionDouble(d).fits(), "shapes that fit");
  } else if (d.type == CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR) {
    check_pointwise(d);
  } else if (d.type == CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR) {
    check_graph(d);
  } else if (d.type == CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR) {
    require(d.at(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS).count ==
                d.at(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS).count,
            "a pointer for each number");
    static_cast<void>(d.at(CUDNN_ATTR_VARIANT_PACK_WORKSPACE));
  }
}

}  // namespace tengen::emulation
