#include "selfplay/run_folder.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "nn/io/safetensors.h"

namespace tengen::selfplay {
namespace {

std::string made_folder(std::string path) {
  std::error_code error;
  std::filesystem::create_directories(path + "/nets", error);
  if (error) throw Error(path + ": cannot be created: " + error.message());
  return path;
}

void check_resumable(RunOptions stored, RunOptions wanted, const std::string& path) {
  const auto before = option_fields(stored);
  const auto after = option_fields(wanted);
  for (size_t i = 0; i < before.size(); ++i) {
    if (!before[i].fixed || option_text(before[i]) == option_text(after[i])) continue;
    throw Error(path + ": this run has " + before[i].key + " = " + option_text(before[i]) +
                ", which cannot become " + option_text(after[i]) +
                "; choose a new folder with --run");
  }
}

constexpr const char* kCheckpoint = "checkpoint.safetensors";

}  // namespace

RunFolder::RunFolder(std::string path)
    : path_(made_folder(std::move(path))), lock_(path_), metrics_(path_ + "/metrics.jsonl") {}

RunOptions RunFolder::resolve(const std::string& preset,
                              const std::vector<std::string>& assignments) {
  const std::string file = path("options.json");
  RunOptions options = preset_options(preset);
  const bool resumed = std::filesystem::exists(file);
  if (resumed) {
    const RunOptions stored = options_from_json(nn::read_file(file), file);
    if (stored.actor.game != options.actor.game) {
      throw Error(path_ + ": holds a run of " + stored.actor.game + ", not of the preset " +
                  preset + "; choose another folder with --run");
    }
    options = stored;
  }
  const RunOptions before = options;
  for (const std::string& assignment : assignments) set_option(options, assignment);
  if (resumed) check_resumable(before, options, path_);
  nn::write_file_atomically(file, options_to_json(options));
  return options;
}

void RunFolder::save(const Checkpoint& checkpoint) const {
  const RunCounters& c = checkpoint.counters;
  const nlohmann::json counters = {{"steps", c.steps},
                                   {"network", c.network},
                                   {"games_published", c.games_published},
                                   {"seconds", c.seconds}};
  nn::save_safetensors(path(kCheckpoint), {checkpoint.tensors, {{"counters", counters.dump()}}});
}

std::optional<Checkpoint> RunFolder::load_checkpoint() const {
  const std::string file = path(kCheckpoint);
  if (!std::filesystem::exists(file)) return std::nullopt;
  nn::SafeTensors content = nn::load_safetensors(file);
  Checkpoint checkpoint;
  checkpoint.tensors = std::move(content.tensors);
  try {
    const auto json = nlohmann::json::parse(content.metadata["counters"]);
    checkpoint.counters = {json.at("steps").get<int64_t>(), json.at("network").get<int>(),
                           json.at("games_published").get<int64_t>(),
                           json.at("seconds").get<double>()};
  } catch (const nlohmann::json::exception& e) {
    throw Error(file + ": the counters are broken: " + e.what());
  }
  return checkpoint;
}

}  // namespace tengen::selfplay
