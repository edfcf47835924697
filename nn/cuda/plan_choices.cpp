#include "nn/cuda/plan_choices.h"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"

namespace tengen::nn {
namespace {

namespace fs = std::filesystem;
using Choices = std::map<std::string, std::string>;

const std::string kFirstLine = "tengen cudnn plans 1";

// One "key<tab>choice" a line; all or nothing.
Choices read_choices(const std::string& path) {
  std::error_code none;
  if (path.empty() || !fs::is_regular_file(path, none)) return {};
  Choices choices;
  try {
    std::istringstream file(read_file(path));
    std::string line;
    if (!std::getline(file, line) || line != kFirstLine) return {};
    while (std::getline(file, line)) {
      const size_t tab = line.find('\t');
      if (tab == std::string::npos || tab == 0 || tab + 1 == line.size()) return {};
      choices[line.substr(0, tab)] = line.substr(tab + 1);
    }
  } catch (const Error&) {
    return {};
  }
  return choices;
}

}  // namespace

std::string plan_choices_path() {
  std::string folder;
  if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache && cache[0])
    folder = cache;
  else if (const char* const home = std::getenv("HOME"); home && home[0])
    folder = std::string(home) + "/.cache";
  return folder.empty() ? "" : folder + "/tengen/cudnn_plans.txt";
}

PlanChoices::PlanChoices(std::string path)
    : path_(std::move(path)), choices_(read_choices(path_)) {}

std::optional<std::string> PlanChoices::find(const std::string& key) const {
  const auto it = choices_.find(key);
  return it == choices_.end() ? std::nullopt : std::optional(it->second);
}

void PlanChoices::remember(const std::string& key, const std::string& choice) {
  Choices all = read_choices(path_);  // another process may have written meanwhile
  choices_[key] = choice;
  all.merge(Choices(choices_));
  all[key] = choice;
  if (path_.empty()) return;
  std::string text = kFirstLine + "\n";
  for (const auto& [name, chosen] : all) text += name + "\t" + chosen + "\n";
  try {
    std::error_code none;
    fs::create_directories(fs::path(path_).parent_path(), none);
    write_file_atomically(path_, text);
  } catch (const Error&) {
    path_.clear();
  }
}

}  // namespace tengen::nn
