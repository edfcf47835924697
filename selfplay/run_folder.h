// The folder of a training run, and who may touch it.
//
//   options.json          the resolved options; a resumed run starts from these
//   metrics.jsonl         one JSON object for each publication
//   games/                every finished game (game_store.h)
//   nets/000012.safetensors, nets/latest.safetensors
//   checkpoint.safetensors   weights, their average, the optimiser, counters
//   lock                  held by the one process that trains here
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nn/layers/module.h"
#include "selfplay/durable_file.h"
#include "selfplay/options.h"

namespace tengen::selfplay {

// What a run must remember besides games and tensors.
struct RunCounters {
  int64_t steps = 0;
  int network = 0;              // publications so far
  int64_t games_published = 0;  // finished when the last network was published
  double seconds = 0.0;         // spent in this run, all its sessions together
};

struct Checkpoint {
  RunCounters counters;
  std::vector<nn::NamedTensor> tensors;
};

class RunFolder {
 public:
  // Creates the folder if need be and locks it.
  explicit RunFolder(std::string path);

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

  // The options of this session: of a new folder the preset's, of an old one the stored; then
  // the assignments "key=value". An Error if a resumed run would change what it cannot change
  // (the network's shape, the game, the seed). Stores the result.
  RunOptions resolve(const std::string& preset, const std::vector<std::string>& assignments);

  void save(const Checkpoint& checkpoint) const;
  std::optional<Checkpoint> load_checkpoint() const;
  void append_metrics(const std::string& json_line) { metrics_.append(json_line); }

 private:
  std::string path_;
  FolderLock lock_;
  LineFile metrics_;
};

}  // namespace tengen::selfplay
