// A running GTP program and the way of bytes to it: commands out, answers in, each with a deadline.
// The only place in the agents that knows Boost.Process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/base/check.h"

namespace tengen::agents {

class GtpLink {
 public:
  struct Answer {
    bool ok = false;   // "=" or "?"
    std::string text;  // without the sign and the empty line; lines are kept
  };

  // Starts the program. An Error names the command that cannot be started.
  explicit GtpLink(const std::string& command);
  // Asks the program to quit, then kills it and what it started. Leaves no zombie.
  ~GtpLink();

  // One command, one answer. An Error says why there is none: the program ended, was slow, or
  // answered outside the protocol. The link is of no use afterwards.
  Answer ask(const std::string& command, double timeout_s);

 private:
  struct Process;
  std::string died();  // how the program ended, with the last of what it said on standard error
  std::unique_ptr<Process> process_;
};

// Words as a shell splits them: blanks separate, quotes and backslashes keep together. An Error
// for a quote that is not closed.
std::vector<std::string> split_words(const std::string& command);

}  // namespace tengen::agents
