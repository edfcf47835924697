// Which plan was the fastest, by the name of what it computes: remembered in a file, so that a
// second start tries nothing.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace tengen::nn {

// "$XDG_CACHE_HOME/tengen/cudnn_plans.txt", or under ~/.cache; empty where there is no home.
std::string plan_choices_path();

class PlanChoices {
 public:
  // Empty: nothing is remembered beyond this object. A file that is not there or damaged counts as
  // empty, and is written anew with the next choice.
  explicit PlanChoices(std::string path);

  std::optional<std::string> find(const std::string& key) const;
  // Neither has a tab or a line break. A file that cannot be written is no error: it is a cache.
  void remember(const std::string& key, const std::string& choice);

 private:
  std::string path_;
  std::map<std::string, std::string> choices_;
};

}  // namespace tengen::nn
