#include "nn/io/weights_file.h"

#include <cmath>
#include <set>

#include "nn/base/check.h"
#include "nn/io/npz.h"
#include "nn/io/safetensors.h"

namespace tengen::nn {
namespace {

bool is_npz(const std::string& path) {
  if (path.ends_with(".npz")) return true;
  if (path.ends_with(".safetensors")) return false;
  throw Error(path + ": weights files end in .safetensors or .npz");
}

// A buffer may hold infinities, which mask.
void check_numbers(const std::string& path, const std::vector<NamedTensor>& tensors,
                   const Module& module) {
  std::set<std::string> parameters;
  for (const NamedVar& parameter : module.parameters()) parameters.insert(parameter.path);
  for (const NamedTensor& entry : tensors)
    for (const float x : entry.tensor.values())
      if (std::isnan(x) || (std::isinf(x) && parameters.contains(entry.path)))
        throw Error(path + ": tensor " + entry.path + " holds " + std::to_string(x) +
                    "; the file is damaged or its training went wrong, take an earlier one");
}

}  // namespace

void save_tensors(const std::string& path, const std::vector<NamedTensor>& tensors) {
  if (is_npz(path)) {
    save_npz(path, tensors);
  } else {
    save_safetensors(path, {tensors, {}});
  }
}

std::vector<NamedTensor> load_tensors(const std::string& path) {
  return is_npz(path) ? load_npz(path) : load_safetensors(path).tensors;
}

void save_weights(const std::string& path, const Module& module) {
  save_tensors(path, module.state());
}

void load_weights(const std::string& path, Module& module) {
  const std::vector<NamedTensor> tensors = load_tensors(path);
  check_numbers(path, tensors, module);
  try {
    module.load_state(tensors);
  } catch (const Error& error) {
    throw Error(path + ": these weights are of another network: " + error.what());
  }
}

}  // namespace tengen::nn
