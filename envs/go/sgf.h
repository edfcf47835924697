// Games of Go as SGF text (File Format 4, www.red-bean.com/sgf; FF[3]'s pass as well).
//
// Reading follows the main line (the first variation everywhere) and leaves out what it does not
// know. Points are actions: row * size + column from the top left, size * size for a pass.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envs/go/point.h"
#include "envs/go/state.h"

namespace tengen::envs::go {

struct SgfMove {
  Color color = Color::kBlack;
  Action action = 0;
  std::string comment = {};
};

struct SgfGame {
  int size = 19;
  std::optional<float> komi = {};  // absent where the file has none
  int handicap = 0;                // HA: the number only, the stones are in `black`
  std::string rules = {};          // RU: "Chinese", "Japanese", ...
  std::string result = {};         // RE: "B+3.5", "W+R", "0"
  std::string black_name = {}, white_name = {};
  std::string black_rank = {}, white_rank = {};
  std::string date = {}, event = {};
  std::string comment = {};                    // of the root
  std::vector<Action> black = {}, white = {};  // set-up stones
  std::optional<Color> to_play = {};           // PL
  std::vector<SgfMove> moves = {};
};

// The first game of the text. Whatever is broken is an Error: "NAME: byte 17: expected ...".
SgfGame parse_sgf(std::string_view text, const std::string& name);
// All games of the text; at least one.
std::vector<SgfGame> parse_sgf_collection(std::string_view text, const std::string& name);
std::string write_sgf(const SgfGame& game);

// The rules under which the game was played as far as its text tells: komi, ko and suicide.
// Where it names no rules that we know, or rules that count territory, only simple ko binds.
Rules rules_of(const SgfGame& game);
// Plays the game through. A set-up or move that the rules refuse is an Error naming it. Players
// may move out of turn, as they do in some files, and go on after two passes.
GoState replay(const SgfGame& game);
GoState replay(const SgfGame& game, const Rules& rules);
// Size, komi, rules, set-up and moves of a game; names and result are the caller's.
SgfGame sgf_of(const GoState& state);

}  // namespace tengen::envs::go
