// The device that tensors live on unless they are told otherwise.
#include "nn/device.h"

namespace tengen::nn {

Device& cpu_device() { return reference_device(); }

}  // namespace tengen::nn
