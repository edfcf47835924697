// Any external GTP program as an Agent: gnugo --mode gtp --level 10 --chinese-rules.
//
// Every answer has a deadline. A program that dies, is slow, breaks the protocol or plays an
// illegal move is killed and becomes an AgentFailure with the reason; the next game starts it
// anew. The road of bytes to the program is agents/gtp_link.h.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agents/agent.h"

namespace tengen::agents {

class GtpLink;

class GtpProcess : public Agent {
 public:
  // Starts the program: words are split as a shell does (quotes, backslashes), without a shell.
  // An Error names a command that cannot be started or that does not answer.
  explicit GtpProcess(const std::string& command, double timeout_s = 60);
  ~GtpProcess() override;

  // The program's own name and version: "GNU Go 3.8".
  std::string name() const override { return name_; }
  // Go only. A set-up position is played stone by stone.
  void start(const envs::State& state) override;
  // A time limit is told as so many seconds a move (time_settings 0 S 1); visits are ignored.
  Choice choose(const search::Limits& limits) override;
  void played(envs::Action action) override;

  // The program's opinion of the game as it stands, "B+3.5"; nothing when it has none. Ask
  // between games, never while one is in progress.
  std::optional<std::string> final_score();
  // Seconds that an answer may take.
  void set_timeout(double timeout_s) { timeout_s_ = timeout_s; }

 private:
  void launch();
  void tell_time(double seconds);
  // The answer's text, or nothing for a refusal ("?"), whose message goes to *refusal.
  std::optional<std::string> exchange(const std::string& command, std::string* refusal = nullptr);
  std::string ask(const std::string& command);        // a refusal is a failure
  [[noreturn]] void fail(const std::string& reason);  // kills the program; AgentFailure

  std::string command_;
  double timeout_s_;
  std::string name_;
  std::unique_ptr<GtpLink> link_;         // nothing after a failure
  std::unique_ptr<envs::State> state_;    // the game so far; judges the program's moves
  std::optional<envs::Action> answered_;  // our genmove that played() has not confirmed yet
  double told_time_s_ = 0.0;
};

std::unique_ptr<Agent> make_gtp_player(const std::string& command, double timeout_s = 60);

}  // namespace tengen::agents
