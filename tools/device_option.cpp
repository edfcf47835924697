#include "tools/device_option.h"

#include <fmt/format.h>

namespace tengen::tools {

void add_device_option(CLI::App& command, std::string& device) {
  command
      .add_option("--device", device,
                  "auto, cpu or cuda:N, the N-th GPU; auto is a GPU where there is one")
      ->capture_default_str();
}

nn::Device& asked_device(const std::string& name) {
  if (name == "auto") {
    const nn::GpuStatus status = nn::gpu_status();
    static bool told = false;
    if (status.compiled_in && status.names.empty() && !told)
      fmt::print(stderr, "No GPU, the CPU computes: {}\n", status.text);
    told = true;
  }
  return nn::device_named(name);
}

}  // namespace tengen::tools
