// The fast kernels know only float32; here the reference device is the only one.
#include "nn/device.h"

namespace tengen::nn {

Device& cpu_device() { return reference_device(); }

}  // namespace tengen::nn
