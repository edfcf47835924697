#include "nn/training/status_line.h"

#include <unistd.h>

#include <ostream>

namespace tengen::nn {

bool on_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void StatusLine::live(const std::string& text) {
  if (!terminal_) return;
  const size_t rest = shown_ > text.size() ? shown_ - text.size() : 0;
  out_ << '\r' << text << std::string(rest, ' ') << std::flush;
  shown_ = text.size();
}

void StatusLine::line(const std::string& text) {
  if (shown_ > 0) out_ << '\r' << std::string(shown_, ' ') << '\r';
  shown_ = 0;
  out_ << text << '\n' << std::flush;
}

}  // namespace tengen::nn
