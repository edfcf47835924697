// The line at the bottom of a terminal that is written over and over, between lines that stay.
#pragma once

#include <iosfwd>
#include <string>

namespace tengen::nn {

// Whether standard error is a terminal.
bool on_terminal();

class StatusLine {
 public:
  // Live text is written only where `terminal` is set.
  StatusLine(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}
  bool terminal() const { return terminal_; }
  void live(const std::string& text);  // replaces the live text
  void line(const std::string& text);  // stays, above the live text, which is gone until the next

 private:
  std::ostream& out_;
  const bool terminal_;
  size_t shown_ = 0;  // characters of live text on the screen
};

}  // namespace tengen::nn
