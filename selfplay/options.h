// All options of a training run by name. The structs stand beside their users; the one table in
// options.cpp maps names to fields, and everything that reads, prints or stores options uses it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "agents/policy_value_net.h"
#include "search/search.h"
#include "selfplay/actor.h"
#include "selfplay/replay.h"
#include "selfplay/trainer.h"

namespace tengen::selfplay {

struct LoopOptions {
  int64_t seed = 1;
  int games_per_publication = 100;
  float replay_ratio = 4.0f;       // training rows drawn for each new position
  int64_t first_positions = 4000;  // before the first step
  int save_every = 1;              // publications for each file in nets/
  int measure_every = 5;           // publications for each match against the network before
  int measure_games = 20;
  int measure_visits = 24;
  int games_per_shard = 500;
};

struct RunOptions {
  agents::PolicyValueConfig net;
  search::SearchOptions search;
  ActorOptions actor;
  ReplayOptions replay;
  TrainerOptions trainer;
  LoopOptions loop;
};

struct OptionField {
  std::string key;  // "actor.full_visits"
  std::variant<int*, int64_t*, float*, bool*, std::string*, nn::PlanPrecision*> value;
  double low = 0.0, high = 0.0;  // of a number, both allowed
  std::string help;
  bool fixed = false;  // may not change when a run is resumed
};

// The fields point into `options`.
std::vector<OptionField> option_fields(RunOptions& options);

// An unknown key is an Error with the keys that look like it; so is a value that cannot be read
// or is out of range.
void set_option(RunOptions& options, const std::string& key, const std::string& value);
// "key=value"
void set_option(RunOptions& options, const std::string& assignment);
std::string option_text(const OptionField& field);

// One JSON object, key by key in the order of the table.
std::string options_to_json(RunOptions options);
// `place` is named in errors.
RunOptions options_from_json(const std::string& text, const std::string& place);

struct Preset {
  std::string name;
  std::string description;
  std::string settings;  // lines "key = value" over the defaults
};
const std::vector<Preset>& presets();
// An unknown name is an Error that lists the known ones.
RunOptions preset_options(const std::string& name);

}  // namespace tengen::selfplay
