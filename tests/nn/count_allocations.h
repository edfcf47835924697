// Counts the allocations of this test program.
#pragma once

namespace tengen::nn {

// Calls of operator new and aligned_alloc (the devices' buffers) so far, by all threads.
long allocations();

}  // namespace tengen::nn
