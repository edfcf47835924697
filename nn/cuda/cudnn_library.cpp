// Not part of tests/cuda, which brings a cudnn_library() of its own.
#include "nn/cuda/cudnn_library.h"

#include <string>

#include "nn/cuda/shared_library.h"

namespace tengen::nn {
namespace {

CudnnLibrary open_library() {
  const std::string major = std::to_string(CUDNN_MAJOR);
  const SharedLibrary from(
      {.what = "cuDNN",
       .names = {"libcudnn.so." + major},
       .folders = {TENGEN_CUDA_LIBRARIES},
       .remedy = "install cuDNN " + major + " or name its folder in LD_LIBRARY_PATH"});
  CudnnLibrary to;
  from.load(to.version, "cudnnGetVersion");
  from.load(to.error_string, "cudnnGetErrorString");
  from.load(to.last_error_string, "cudnnGetLastErrorString");
  from.load(to.create, "cudnnCreate");
  from.load(to.destroy, "cudnnDestroy");
  from.load(to.set_stream, "cudnnSetStream");
  from.load(to.create_descriptor, "cudnnBackendCreateDescriptor");
  from.load(to.destroy_descriptor, "cudnnBackendDestroyDescriptor");
  from.load(to.finalize, "cudnnBackendFinalize");
  from.load(to.set_attribute, "cudnnBackendSetAttribute");
  from.load(to.get_attribute, "cudnnBackendGetAttribute");
  from.load(to.execute, "cudnnBackendExecute");
  return to;
}

}  // namespace

const CudnnLibrary& cudnn_library() {
  static const CudnnLibrary library = open_library();
  return library;
}

}  // namespace tengen::nn
