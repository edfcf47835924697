#include "agents/player.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "agents/gtp_process.h"
#include "agents/mcts_agent.h"
#include "agents/net_evaluator.h"
#include "agents/precision_report.h"
#include "agents/random_agent.h"
#include "nn/devices.h"
#include "search/stand_ins.h"

namespace tengen::agents {
namespace {

// What the keys of a description fill in.
struct Settings {
  MctsOptions mcts;
  int playouts = 1;
  size_t cache_mib = 32;
  Symmetry symmetry = Symmetry::kHashed;
  std::optional<nn::PlanPrecision> precision;  // nothing: what the network's reports advise
  std::string net_path;                        // empty: the shipped one
  std::vector<nn::Device*> devices;            // empty: the first GPU, or the CPU
};

// Thrown by setters; make_player adds the description and the key.
struct BadValue {
  std::string wanted;
};

template <class Number>
Number number(std::string_view text, Number least, Number most, const char* wanted) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || !(value >= least && value <= most)) {
    throw BadValue{wanted};
  }
  return value;
}

int whole(std::string_view text, int least, const char* wanted) {
  return number<int>(text, least, 1'000'000'000, wanted);
}

void set_visits(Settings& s, std::string_view text) {
  s.mcts.limits.visits = whole(text, 1, "a whole number from 1 on");
}
void set_time(Settings& s, std::string_view text) {
  s.mcts.limits.time_s = number<double>(text, 0.001, 1e6, "seconds a move, more than 0");
}
void set_rows(Settings& s, std::string_view text) {
  s.mcts.rows_per_wave = number<int>(text, 1, 65536, "a whole number from 1 to 65536");
}
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

void set_temperature(Settings& s, std::string_view text) {
  s.mcts.temperature = number<float>(text, 0.0f, 100.0f, "a number from 0 to 100");
  if (s.mcts.temperature_moves == 0) s.mcts.temperature_moves = 30;
}
void set_temperature_moves(Settings& s, std::string_view text) {
  s.mcts.temperature_moves = whole(text, 0, "a whole number of moves");
}
void set_resign(Settings& s, std::string_view text) {
  if (text == "never") {
    s.mcts.resign_moves = 0;
  } else {
    s.mcts.resign_value = number<float>(text, -1.0f, 1.0f, "a value from -1 to 1, or never");
  }
}
void set_noise(Settings& s, std::string_view text) {
  s.mcts.search.noise_fraction = number<float>(text, 0.0f, 1.0f, "a fraction from 0 to 1");
}
void set_memory(Settings& s, std::string_view text) {
  s.mcts.search.memory_mib =
      static_cast<size_t>(number<int>(text, 1, 1 << 20, "MiB, a whole number from 1 on"));
}
void set_seed(Settings& s, std::string_view text) {
  s.mcts.seed = number<uint64_t>(text, 0, UINT64_MAX, "a whole number from 0 on");
}
void set_cache(Settings& s, std::string_view text) {
  s.cache_mib =
      static_cast<size_t>(number<int>(text, 0, 1 << 20, "MiB, a whole number; 0 is no cache"));
}
void set_symmetry(Settings& s, std::string_view text) {
  if (text != "none" && text != "hashed") throw BadValue{"none or hashed"};
  s.symmetry = text == "none" ? Symmetry::kNone : Symmetry::kHashed;
}
void set_precision(Settings& s, std::string_view text) {
  s.precision.reset();
  if (text == "auto") return;
  try {
    s.precision = nn::plan_precision_named(std::string(text));
  } catch (const Error&) {
    throw BadValue{"auto, float32, bfloat16 or int16"};
  }
}
// "cuda:0+cuda:1" are two, between which batches are dealt.
void set_device(Settings& s, std::string_view text) {
  s.devices.clear();
  if (text == "auto") return;
  for (const std::string_view name : split(text, '+')) {
    try {
      s.devices.push_back(&nn::device_named(std::string(name)));
    } catch (const Error& error) {
      throw BadValue{"one that can be used: " + std::string(error.what())};
    }
  }
}
void set_playouts(Settings& s, std::string_view text) {
  s.playouts = number<int>(text, 1, 1'000'000, "a whole number from 1 on");
}

struct Key {
  std::string_view name;
  void (*set)(Settings&, std::string_view);
  std::string_view players;  // those that know it
};
constexpr Key kKeys[] = {
    {"visits", set_visits, "net rollout"},
    {"time", set_time, "net rollout"},
    {"rows", set_rows, "net rollout"},
    {"temperature", set_temperature, "net rollout"},
    {"temperature_moves", set_temperature_moves, "net rollout"},
    {"resign", set_resign, "net rollout"},
    {"noise", set_noise, "net rollout"},
    {"memory_mib", set_memory, "net rollout"},
    {"seed", set_seed, "net rollout random"},
    {"cache_mib", set_cache, "net"},
    {"symmetry", set_symmetry, "net"},
    {"precision", set_precision, "net"},
    {"device", set_device, "net"},
    {"playouts", set_playouts, "rollout"},
};

const Key* find_key(std::string_view player, std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.name == name && key.players.find(player) != std::string_view::npos) return &key;
  }
  return nullptr;
}

std::string known_keys(std::string_view player) {
  std::string names;
  for (const Key& key : kKeys) {
    if (key.players.find(player) == std::string_view::npos) continue;
    names += (names.empty() ? "" : ", ") + std::string(key.name);
  }
  return names;
}

// A path may hold an equals sign; an option is what has one and is no file.
bool is_path(std::string_view text) {
  if (text.find('=') == std::string_view::npos) return true;
  if (text.ends_with(".safetensors")) return true;
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path(text), ignored);
}

// A player's text, taken apart: "net:go9.safetensors,visits=400".
class PlayerText {
 public:
  explicit PlayerText(const std::string& text) : text_(text) {}

  std::unique_ptr<Agent> make() const {
    const size_t colon = text_.find(':');
    const std::string player = text_.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : text_.substr(colon + 1);
    if (player == "gtp") {
      if (rest.empty()) fail("gtp: needs a command, as in gtp:gnugo --mode gtp");
      return make_gtp_player(rest);
    }
    if (player == "random") return std::make_unique<RandomAgent>(settings(player, rest).mcts.seed);
    if (player == "rollout") return rollout(settings(player, rest));
    if (player == "net") return net(settings(player, rest));
    // Options alone speak of the shipped network.
    if (player.find('=') != std::string::npos) return net(settings("net", text_));
    fail("the player \"" + player + "\" is unknown; known are net, rollout, random, gtp:COMMAND");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error("player \"" + text_ + "\": " + what);
  }

  Settings settings(std::string_view player, std::string_view options) const {
    Settings result;
    bool first = true;
    for (std::string_view option : split(options, ',')) {
      if (first && player == "net" && is_path(option)) {
        result.net_path = option;
      } else {
        apply(player, option, result);
      }
      first = false;
    }
    return result;
  }

  void apply(std::string_view player, std::string_view option, Settings& result) const {
    const size_t equals = option.find('=');
    const std::string name(option.substr(0, equals));
    const Key* key = find_key(player, name);
    if (key == nullptr) fail("unknown key \"" + name + "\"; known are " + known_keys(player));
    if (equals == std::string_view::npos) fail("\"" + name + "\" needs a value, " + name + "=...");
    const std::string_view value = option.substr(equals + 1);
    try {
      key->set(result, value);
    } catch (const BadValue& bad) {
      fail(name + "=" + std::string(value) + " is not " + bad.wanted);
    }
  }

  std::unique_ptr<Agent> rollout(const Settings& s) const {
    const auto make_evaluator = [s](const envs::State&) -> std::unique_ptr<search::Evaluator> {
      return std::make_unique<search::RolloutEvaluator>(s.playouts, s.mcts.seed);
    };
    return std::make_unique<MctsAgent>(text_, make_evaluator, s.mcts);
  }

  std::unique_ptr<Agent> net(const Settings& s) const {
    const std::vector<nn::Device*> devices =
        s.devices.empty() ? std::vector{&nn::device_named("auto")} : s.devices;
    return devices == std::vector{&nn::cpu_device()} ? net_on_cpu(s) : net_on(devices, s);
  }

  std::unique_ptr<Agent> net_on(const std::vector<nn::Device*>& devices, const Settings& s) const {
    const std::shared_ptr<PolicyValueNet> net =
        s.net_path.empty() ? shipped_net() : load_net(s.net_path);
    const auto make_evaluator = [s, net, devices](const envs::State& start) {
      return cached(std::make_unique<NetEvaluator>(
                        *net, start.spec(), DeviceEvaluation{s.symmetry, devices, s.precision}),
                    start, s);
    };
    return std::make_unique<MctsAgent>(text_, make_evaluator, s.mcts);
  }

  static std::unique_ptr<search::Evaluator> cached(std::unique_ptr<search::Evaluator> judge,
                                                   const envs::State& start, const Settings& s) {
    if (s.cache_mib == 0) return judge;
    return std::make_unique<CachedEvaluator>(std::move(judge), start, s.cache_mib);
  }

  std::unique_ptr<Agent> net_on_cpu(const Settings& s) const {
    const auto plans = std::make_shared<NetPlans>(
        s.net_path.empty() ? shipped_net() : load_net(s.net_path), precision_for(s));
    const auto make_evaluator = [s, plans](const envs::State& start) {
      return cached(std::make_unique<NetEvaluator>(plan_for(start.spec(), s, *plans), start.spec(),
                                                   s.symmetry),
                    start, s);
    };
    return std::make_unique<MctsAgent>(text_, make_evaluator, s.mcts);
  }

  static NetPlans::PrecisionFor precision_for(const Settings& s) {
    if (s.precision) return [wanted = *s.precision](const auto&) { return wanted; };
    return [reports = carried_reports(s.net_path)](const envs::GameSpec& spec) {
      return advised_precision(reports, spec);
    };
  }

  // What fits the board is known only when a game begins; the file is named then too.
  static std::shared_ptr<const nn::Plan> plan_for(const envs::GameSpec& spec, const Settings& s,
                                                  NetPlans& plans) {
    try {
      return plans.plan(spec);
    } catch (const Error& error) {
      const std::string file = s.net_path.empty() ? kShippedNetName : s.net_path;
      throw Error(file + ": " + error.what());
    }
  }

  std::string text_;
};

}  // namespace

std::unique_ptr<Agent> make_player(const std::string& description) {
  return PlayerText(description).make();
}

}  // namespace tengen::agents
