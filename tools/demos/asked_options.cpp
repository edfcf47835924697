#include "tools/demos/asked_options.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"
#include "tools/demos/demo_run.h"

namespace tengen::tools {
namespace {

namespace fs = std::filesystem;

// Where results go and how many there are.
constexpr std::array kElsewhere{"out", "save", "json", "seeds", "bench", "no-pictures"};

bool would_go_on(const std::string& folder, bool keeps_figures) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(kCheckpointEnding) || (keeps_figures && name == "figures.json")) return true;
  }
  return false;
}

}  // namespace

std::string asked_options(const CLI::App& demo) {
  std::istringstream all(demo.config_to_str());
  std::string asked;
  for (std::string line; std::getline(all, line);) {
    const std::string key = line.substr(0, line.find('='));
    if (std::ranges::find(kElsewhere, key) == kElsewhere.end()) asked += line + "\n";
  }
  return asked;
}

void keep_asked(const std::string& folder, const std::string& asked, bool keeps_figures) {
  const std::string path = folder + "/options.toml";
  if (would_go_on(folder, keeps_figures) && fs::exists(path) && nn::read_file(path) != asked)
    throw Error(folder +
                ": an unfinished run with other options is there, or one measured with them:\n" +
                nn::read_file(path) +
                "Give the same options to go on, another --out, or remove the folder.");
  std::error_code error;
  fs::create_directories(folder, error);
  nn::write_file_atomically(path, asked);
}

}  // namespace tengen::tools
