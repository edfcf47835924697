// What the nodes of an SGF text mean: letters of sgf_scan.h into the moves, stones and words of
// sgf.h.
#pragma once

#include <string>
#include <vector>

#include "envs/go/sgf.h"
#include "envs/go/sgf_scan.h"

namespace tengen::envs::go {

class SgfReader {
 public:
  explicit SgfReader(SgfScanner& scanner) : scanner_(scanner) {}

  // The rest of the game that the scanner has found, its main line only.
  SgfGame read_main_line();

  // The game's own properties: what game, size, komi, handicap.
  void read_root(const SgfNode& node);
  // Moves, set-up, turn, names, comments of one node, added to game().
  void read_node(const SgfNode& node, bool root);

  SgfGame& game() { return game_; }
  std::vector<Action>& emptied() { return emptied_; }  // points of AE

 private:
  void read_move(const SgfProperty& property);
  void read_set_up(const SgfProperty& property);
  void set_up(const std::string& name, Action action);
  void read_turn(const SgfValue& value);
  std::string* text_of(const std::string& name);
  void add_comment(const std::string& text, bool root);
  Action read_point(const std::string& text, size_t offset) const;
  double read_number(const SgfValue& value) const;
  int read_size(const SgfValue& value) const;
  std::optional<float> read_komi(const SgfValue& value) const;

  SgfScanner& scanner_;
  SgfGame game_;
  std::vector<Action> emptied_;
};

}  // namespace tengen::envs::go
