// In the place of the product's header of this name: kernels are queued on the emulated stream.
#pragma once

#include <functional>
#include <type_traits>

#include "nn/cuda/cuda_check.h"
#include "tests/cuda/emulation/block.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::nn {

struct LaunchShape {
  dim3 grid, block;
  size_t shared_bytes = 0;
};

template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, cudaStream_t stream,
            Arguments&&... arguments) {
  static_assert((std::is_trivially_copyable_v<std::remove_cvref_t<Parameters>> && ...));
  (emulation::check_argument(static_cast<std::remove_cvref_t<Parameters>>(arguments)), ...);
  emulation::check_launch(reinterpret_cast<const void*>(kernel), shape.grid, shape.block,
                          shape.shared_bytes);
  CUDA_CHECK(emulation::queue(
      stream, [=, ... values = static_cast<std::remove_cvref_t<Parameters>>(arguments)] {
        emulation::run_grid(shape.grid, shape.block, shape.shared_bytes,
                            [&] { kernel(values...); });
      }));
}

template <class... Parameters>
void allow_shared_memory(void (*kernel)(Parameters...), size_t bytes) {
  emulation::allow_shared(reinterpret_cast<const void*>(kernel), bytes);
}

template <class T>
T* dynamic_shared() {
  return static_cast<T*>(emulation::shared_memory());
}

}  // namespace tengen::nn
