#include "tools/version.h"

#include <fmt/format.h>
#include <tbb/version.h>

#include <boost/version.hpp>

#include "nn/cpu/kernels.h"
#include "nn/devices.h"
#include "tools/view/window.h"

namespace tengen::tools {
namespace {

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang++ {}.{}", __clang_major__, __clang_minor__);
#else
  return fmt::format("g++ {}.{}", __GNUC__, __GNUC_MINOR__);
#endif
}

}  // namespace

std::string version_text() {
  return fmt::format(
      "tengen {}\n"
      "CPU kernels: {} in use\n"
      "GPU: {}\n"
      "SDL2: {}\n"
      "built with {}, oneTBB {}.{}, Boost {}.{}",
      TENGEN_VERSION, nn::kernels().name, nn::gpu_status().text,
      view::windows_compiled_in() ? "compiled in" : "not compiled in", compiler(),
      TBB_VERSION_MAJOR, TBB_VERSION_MINOR, BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000);
}

}  // namespace tengen::tools
