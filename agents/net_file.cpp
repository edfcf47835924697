// Weights files of the policy-value network: safetensors with the architecture as JSON.
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "agents/policy_value_net.h"
#include "nn/base/check.h"
#include "nn/io/safetensors.h"

// Written by CMake around agents/nets/go9.safetensors.
extern "C" const char tengen_net_go9_begin[];
extern "C" const char tengen_net_go9_end[];

namespace tengen::agents {
namespace {

using Json = nlohmann::json;

// Every whole-number key of the architecture and the range in which it makes sense: a corrupted
// number must not ask for terabytes.
struct WholeKey {
  const char* name;
  int PolicyValueConfig::*member;
  int least;
  int most;
};
constexpr WholeKey kWholeKeys[] = {
    {"planes", &PolicyValueConfig::planes, 1, 1024},
    {"blocks", &PolicyValueConfig::blocks, 0, 256},
    {"channels", &PolicyValueConfig::channels, 1, 4096},
    {"pool_every", &PolicyValueConfig::pool_every, 0, 256},
    {"pool_channels", &PolicyValueConfig::pool_channels, 1, 1024},
    {"head_channels", &PolicyValueConfig::head_channels, 1, 1024},
};
constexpr const char* kKind = "policy_value_net";

std::string architecture_text(const PolicyValueConfig& config) {
  Json json = {{"kind", kKind}, {"game", config.game}, {"pass", config.pass}};
  for (const WholeKey& key : kWholeKeys) json[key.name] = config.*key.member;
  return json.dump();
}

// Reads the keys of one architecture; every complaint names the file and the key.
class ArchitectureReader {
 public:
  ArchitectureReader(const std::string& text, const std::string& file) : file_(file) {
    json_ = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json_.is_object()) fail("\"architecture\" is not a JSON object");
  }

  PolicyValueConfig read() const {
    if (at("kind") != kKind) {
      fail("the architecture's kind is " + at("kind").dump() + ", not \"" + kKind + "\"");
    }
    refuse_unknown_keys();
    PolicyValueConfig config;
    if (!at("game").is_string()) fail("architecture key \"game\" is not a text");
    config.game = at("game").get<std::string>();
    if (!at("pass").is_boolean()) fail("architecture key \"pass\" is not true or false");
    config.pass = at("pass").get<bool>();
    for (const WholeKey& key : kWholeKeys) config.*key.member = whole(key);
    return config;
  }

  [[noreturn]] void fail(const std::string& what) const { throw Error(file_ + ": " + what); }

 private:
  const Json& at(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) fail(std::string("architecture key \"") + key + "\" is missing");
    return *found;
  }

  int whole(const WholeKey& key) const {
    const Json& value = at(key.name);
    const std::string name = std::string("architecture key \"") + key.name + "\"";
    if (!value.is_number_integer()) fail(name + " is not a whole number");
    const auto number = value.get<int64_t>();
    if (number < key.least || number > key.most) {
      fail(name + " is " + value.dump() + ", not in " + std::to_string(key.least) + " to " +
           std::to_string(key.most));
    }
    return static_cast<int>(number);
  }

  void refuse_unknown_keys() const {
    for (const auto& item : json_.items()) {
      bool known = item.key() == "kind" || item.key() == "game" || item.key() == "pass";
      for (const WholeKey& key : kWholeKeys) known = known || item.key() == key.name;
      if (!known) fail("unknown architecture key \"" + item.key() + "\"");
    }
  }

  std::string file_;
  Json json_;
};

// The two 3x3 convolutions of every block, which are nearly all of a network.
int64_t tower_floats(const PolicyValueConfig& config) {
  return int64_t{18} * config.blocks * config.channels * config.channels;
}

void check_finite(const nn::SafeTensors& content, const ArchitectureReader& reader) {
  for (const nn::NamedTensor& entry : content.tensors)
    for (const float weight : entry.tensor.values())
      if (!std::isfinite(weight))
        reader.fail("tensor " + entry.path + " holds a weight of " + std::to_string(weight) +
                    "; the file is damaged or its training went wrong, take an earlier one");
}

std::unique_ptr<PolicyValueNet> net_from(const nn::SafeTensors& content, const std::string& file) {
  const auto found = content.metadata.find("architecture");
  if (found == content.metadata.end()) {
    throw Error(file + ": no \"architecture\" in the metadata; not a network of this program");
  }
  const ArchitectureReader reader(found->second, file);
  const PolicyValueConfig config = reader.read();

  int64_t stored = 0;
  for (const nn::NamedTensor& entry : content.tensors) stored += entry.tensor.size();
  if (tower_floats(config) > stored) {
    reader.fail("the architecture needs more than " + std::to_string(tower_floats(config)) +
                " weights, the file holds " + std::to_string(stored));
  }
  check_finite(content, reader);
  auto net = std::make_unique<PolicyValueNet>(config, /*seed=*/0);
  try {
    net->load_state(content.tensors);
  } catch (const Error& error) {
    reader.fail(error.what());
  }
  net->train(false);
  return net;
}

nn::SafeTensors shipped_file() {
  const std::string_view bytes(tengen_net_go9_begin,
                               static_cast<size_t>(tengen_net_go9_end - tengen_net_go9_begin));
  return nn::parse_safetensors(bytes, kShippedNetName);
}

}  // namespace

void save_net(const std::string& path, PolicyValueNet& net,
              const std::map<std::string, std::string>& extra) {
  nn::SafeTensors content{net.state(), extra};
  content.metadata["architecture"] = architecture_text(net.config());
  nn::save_safetensors(path, content);
}

std::unique_ptr<PolicyValueNet> load_net(const std::string& path) {
  return net_from(nn::load_safetensors(path), path);
}

std::unique_ptr<PolicyValueNet> shipped_net() { return net_from(shipped_file(), kShippedNetName); }

std::map<std::string, std::string> net_metadata(const std::string& path) {
  return (path.empty() ? shipped_file() : nn::load_safetensors(path)).metadata;
}

}  // namespace tengen::agents
