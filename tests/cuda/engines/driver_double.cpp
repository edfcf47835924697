// A libcuda.so.1 that does nothing, for cuDNN to hand compiled kernels to: the engines that compile
// at run time want a driver to be there before they compile for any GPU. The functions are those
// that cuDNN 9.19 looks for; what would need a GPU succeeds without it.
#include <cstddef>

namespace {

int there;  // what handles point to

int give(void** handle) {
  *handle = &there;
  return 0;
}

}  // namespace

#define DRIVER_SUCCEEDS(name) \
  extern "C" int name() { return 0; }
#define DRIVER_GIVES(name) \
  extern "C" int name(void** handle) { return give(handle); }

DRIVER_SUCCEEDS(cuCtxPushCurrent)
DRIVER_SUCCEEDS(cuKernelSetAttribute)
DRIVER_SUCCEEDS(cuLaunchCooperativeKernel)
DRIVER_SUCCEEDS(cuLaunchKernel)
DRIVER_SUCCEEDS(cuLaunchKernelEx)
DRIVER_SUCCEEDS(cuLibraryUnload)
DRIVER_SUCCEEDS(cuLinkAddData)
DRIVER_SUCCEEDS(cuLinkComplete)
DRIVER_SUCCEEDS(cuLinkDestroy)
DRIVER_GIVES(cuCtxGetCurrent)
DRIVER_GIVES(cuCtxPopCurrent)
DRIVER_GIVES(cuLibraryGetKernel)
DRIVER_GIVES(cuLibraryLoadData)
DRIVER_GIVES(cuLibraryLoadFromFile)

extern "C" {
int cuLinkCreate(unsigned, void*, void*, void** state) { return give(state); }
int cuStreamGetCtx(void*, void** context) { return give(context); }
int cuDeviceGet(int* device, int) {
  *device = 0;
  return 0;
}
int cuOccupancyMaxPotentialClusterSize(int* size) {
  *size = 8;
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = 1;
  return 0;
}
int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}
int cuCtxGetLimit(size_t* value, int) {
  *value = 1024;
  return 0;
}
int cuKernelGetAttribute(int* value) {
  *value = 64;
  return 0;
}
int cuGetErrorName(int, const char** name) {
  *name = "";
  return 0;
}
int cuGetErrorString(int, const char** text) {
  *text = "";
  return 0;
}
}
