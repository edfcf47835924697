// One game between two agents: the referee alternates the turns, checks every move, keeps the time
// and says who won and why.
//
// Who resigns, plays an illegal move or fails (AgentFailure: an external program died, was slow,
// broke the protocol) loses. In Go a game that ended by passes is counted twice: by the rules,
// with all stones on the board, and, as programs and people agree, without the dead stones. The
// second count decides.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/agent.h"
#include "envs/state.h"

namespace tengen::selfplay {

struct TimeUsed {
  int moves = 0;
  double total_s = 0.0;
  double longest_s = 0.0;

  double mean_s() const { return moves == 0 ? 0.0 : total_s / moves; }
  void add(double seconds);
  void add(const TimeUsed& other);
};

enum class Ending { kCounted, kResignation, kFailure };

// What an external program says of the final position.
struct ScoreOpinion {
  std::string player;   // its name
  std::string text;     // its final_score
  bool agrees = false;  // with the count that decided
};

struct RefereedGame {
  std::unique_ptr<envs::State> position;  // the last one
  std::vector<envs::Action> moves;
  std::vector<std::string> comments;  // one a move: what the player thought of it
  Ending ending = Ending::kCounted;
  float value = 0.0f;        // +1 kFirst won, -1 kSecond won, 0 a draw
  float score = 0.0f;        // the count that decided, for kFirst; Go only
  float rules_score = 0.0f;  // the count by the rules
  std::string result;        // as SGF: "B+3.5", "W+R", "B+F", "0"; not Go: "1-0"
  std::string reason;        // "counted", "resignation", or what failed
  std::vector<ScoreOpinion> opinions;
  std::array<TimeUsed, 2> time;  // by Player

  envs::Player loser() const { return value > 0.0f ? envs::Player::kSecond : envs::Player::kFirst; }
};

// Nothing when `stop` was set before the game ended.
std::optional<RefereedGame> referee(agents::Agent& first, agents::Agent& second,
                                    const envs::State& start,
                                    const std::atomic<bool>* stop = nullptr);

// Whether a final_score says the same as the score: "W+7.0" and -7; "0", "Draw" and 0.
bool same_score(const std::string& text, float score);

}  // namespace tengen::selfplay
