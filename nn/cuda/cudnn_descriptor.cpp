#include "nn/cuda/cudnn_descriptor.h"

#include <algorithm>

namespace tengen::nn {

CudnnDescriptor::CudnnDescriptor(cudnnBackendDescriptorType_t type) {
  CUDNN_CHECK(cudnn_library().create_descriptor(type, &held_->descriptor));
}

CudnnDescriptor::Held::~Held() {
  if (descriptor) static_cast<void>(cudnn_library().destroy_descriptor(descriptor));
}

void CudnnDescriptor::set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                              int64_t count, const void* values) {
  CUDNN_CHECK(cudnn_library().set_attribute(raw(), name, type, count, values));
}

void CudnnDescriptor::get_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                              int64_t requested, int64_t* count, void* values) const {
  CUDNN_CHECK(cudnn_library().get_attribute(raw(), name, type, requested, count, values));
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, const CudnnDescriptor& value) {
  const cudnnBackendDescriptor_t descriptor = value.raw();
  set_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &descriptor);
  keep(value);
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name,
                          const std::vector<CudnnDescriptor>& values) {
  std::vector<cudnnBackendDescriptor_t> descriptors;
  for (const CudnnDescriptor& value : values) {
    descriptors.push_back(value.raw());
    keep(value);
  }
  set_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<int64_t>(descriptors.size()),
          descriptors.data());
}

void CudnnDescriptor::set_pointers(cudnnBackendAttributeName_t name,
                                   const std::vector<void*>& pointers) {
  set_raw(name, CUDNN_TYPE_VOID_PTR, static_cast<int64_t>(pointers.size()), pointers.data());
}

void CudnnDescriptor::finalize() { CUDNN_CHECK(cudnn_library().finalize(raw())); }

// A kernel that does not compile is no error of ours either, as long as there is memory and the
// device lives.
bool CudnnDescriptor::finalize_if_supported() {
  const cudnnStatus_t status = cudnn_library().finalize(raw());
  const int category = CUDNN_STATUS_CATEGORY(status);
  if (category == CUDNN_STATUS_NOT_SUPPORTED) return false;
  try {
    check_cudnn(status, __FILE__, __LINE__, "cudnnBackendFinalize");
  } catch (const OutOfDeviceMemory&) {
    throw;
  } catch (const DeviceLost&) {
    throw;
  } catch (const CudaError&) {
    if (category == CUDNN_STATUS_INTERNAL_ERROR || category == CUDNN_STATUS_EXECUTION_FAILED)
      return false;
    throw;
  }
  return true;
}

int64_t CudnnDescriptor::count(cudnnBackendAttributeName_t name) const {
  int64_t count = 0;
  get_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr);
  return count;
}

std::vector<CudnnDescriptor> CudnnDescriptor::get_descriptors(cudnnBackendAttributeName_t name,
                                                              cudnnBackendDescriptorType_t type,
                                                              int64_t most) const {
  std::vector<CudnnDescriptor> descriptors;
  std::vector<cudnnBackendDescriptor_t> raws;
  for (int64_t i = 0; i < most; ++i) raws.push_back(descriptors.emplace_back(type).raw());
  int64_t found = 0;
  if (most > 0) get_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, most, &found, raws.data());
  descriptors.erase(descriptors.begin() + std::min(found, most), descriptors.end());
  return descriptors;
}

}  // namespace tengen::nn
