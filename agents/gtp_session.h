// A GTP v2 session: lines in, answers out, nothing else on the output.
//
// The commands are tables of small handlers, one file a family (gtp_commands.h); the game is
// gtp_game.h, the text gtp_line.h. Whatever goes wrong in a command is a "?" answer of one line,
// and the session goes on.
#pragma once

#include <array>
#include <iosfwd>
#include <string>

#include "agents/clock.h"
#include "agents/gtp_game.h"
#include "agents/gtp_line.h"

namespace tengen::agents {

struct GtpOptions {
  std::string name = "Tengen";
  std::string version = "0";
  envs::go::Rules rules;  // of the first game; size and komi change by command
};

class GtpSession {
 public:
  GtpSession(Agent& agent, const GtpOptions& options);

  // Answers until quit or the end of the input.
  void run(std::istream& in, std::ostream& out);
  // The answer to one line, empty for a line that asks nothing.
  std::string answer(const std::string& line);

  // For the handlers.
  GtpGame& game() { return game_; }
  const GtpOptions& options() const { return options_; }
  Clock& clock(envs::go::Color color) { return clocks_[color == envs::go::Color::kBlack ? 0 : 1]; }
  void quit() { quit_ = true; }

 private:
  GtpOptions options_;
  GtpGame game_;
  std::array<Clock, 2> clocks_;
  bool quit_ = false;
};

}  // namespace tengen::agents
