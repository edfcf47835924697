// Hand-made games and a folder that cleans up after itself, for the tests of this folder.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "selfplay/record.h"

namespace tengen::selfplay {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tengen-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// X takes the top row: 0 1 2, while O plays 3 and 4. X's second move was searched in full.
inline GameRecord tictactoe_win() {
  GameRecord record;
  record.game = "tictactoe";
  record.number = 7;
  record.seed = 1;
  record.network = 3;
  record.moves = {0, 3, 1, 4, 2};
  record.searches.resize(5);
  for (size_t i = 1; i < 5; ++i) record.searches[i].searched = true;
  record.searches[2].value = 0.5f;
  record.searches[2].visits = {{1, 30}, {8, 10}};
  record.outcome = {1.0f, 0.0f};
  record.reason = "rules";
  return record;
}

}  // namespace tengen::selfplay
