// The rules of one game of Go. Scoring is by area, always.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tengen::envs::go {

enum class Ko {
  kSimple,       // no immediate recapture of a single stone
  kPositional,   // no move may recreate an earlier position
  kSituational,  // ... with the same player to move
};

struct Rules {
  int size = 9;       // 2 .. 25
  float komi = 7.0f;  // for White, a multiple of 0.5 in [-150, 150]
  Ko ko = Ko::kPositional;
  bool suicide = false;  // of two stones or more; a single stone never may
  int max_moves = 0;     // a longer game is scored as it stands; 0: 2 * size * size + size

  bool operator==(const Rules&) const = default;
};

// Rules from options: size=9, komi=7, ko=positional, suicide=no, moves=0 (the limit), or rules=NAME
// for ko and suicide together (an option of their own wins). Whatever is unknown is an Error with
// the known ones.
Rules rules_from_options(const std::map<std::string, std::string>& options);
// All options, sorted, so that the same rules have the same text: "ko=positional,komi=7,...".
std::string options_text(const Rules& rules);

// The values of rules=NAME.
std::vector<std::string> rule_set_names();
// Sets ko and suicide as the named rules have them; an Error if the name is unknown.
void apply_rule_set(const std::string& name, Rules& rules);

// The limit on the length of a game that the rules mean.
int move_limit(const Rules& rules);
// A limit for games that people play, who may take long over a ko fight or a dead stone.
int patient_move_limit(int size);

bool is_komi(double komi);          // within the range, and a multiple of 0.5
std::string komi_text(float komi);  // "7", "6.5"

}  // namespace tengen::envs::go
