#include "tools/demos/trained_net.h"

#include "nn/base/check.h"
#include "nn/io/safetensors.h"

namespace tengen::tools {
namespace {

constexpr const char* kArchitecture = "architecture";

template <class T>
T value_of(const TrainedNet& file, const std::string& key, const char* kind) {
  const auto found = file.architecture.find(key);
  if (found == file.architecture.end())
    throw Error(file.path + ": its architecture lacks \"" + key +
                "\"; save the network again with tengen demo " + file.task);
  try {
    return found->get<T>();
  } catch (const nlohmann::json::exception&) {
    throw Error(file.path + ": \"" + key + "\" of its architecture is not " + kind);
  }
}

}  // namespace

int64_t TrainedNet::number(const std::string& key) const {
  return value_of<int64_t>(*this, key, "a whole number");
}

std::string TrainedNet::text(const std::string& key) const {
  return value_of<std::string>(*this, key, "a text");
}

std::vector<std::string> TrainedNet::texts(const std::string& key) const {
  return value_of<std::vector<std::string>>(*this, key, "a list of texts");
}

void TrainedNet::expect_weights(double at_least) const {
  double held = 0.0;
  for (const nn::NamedTensor& tensor : weights) held += static_cast<double>(tensor.tensor.size());
  if (held < at_least)
    throw Error(path + ": fewer weights than its architecture needs; save the network again");
}

void save_trained_net(const std::string& path, const std::string& task,
                      const nlohmann::json& architecture, const nn::Module& net) {
  nn::save_safetensors(path,
                       {net.state(), {{kTaskKey, task}, {kArchitecture, architecture.dump()}}});
}

TrainedNet load_trained_net(const std::string& path) {
  nn::SafeTensors content = nn::load_safetensors(path);
  const auto &task = content.metadata[kTaskKey], &architecture = content.metadata[kArchitecture];
  if (task.empty())
    throw Error(path + (architecture.empty()
                            ? ": no network that tengen made: it has no metadata \"task\""
                            : ": a network that plays; tengen gtp --net and tengen net take it"));
  TrainedNet file{path, task, nlohmann::json::parse(architecture, nullptr, false),
                  std::move(content.tensors)};
  if (!file.architecture.is_object())
    throw Error(path + ": its metadata \"architecture\" is not a JSON object");
  return file;
}

void load_into(nn::Module& net, const TrainedNet& file) {
  try {
    net.load_state(file.weights);
  } catch (const Error& error) {
    throw Error(file.path + ": " + error.what());
  }
}

}  // namespace tengen::tools
