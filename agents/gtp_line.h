// GTP as text: lines of bounded length from a stream, and what a line asks for
// (Farnebäck, "Specification of the Go Text Protocol, version 2", sections 2.1 to 2.6).
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace tengen::agents {

struct GtpRequest {
  std::string id;  // digits, or empty
  std::string command;
  std::vector<std::string> arguments;
};

// The request of a line; nothing for a line of blanks and comments. Control characters are
// dropped, tabs are blanks, # begins a comment.
std::optional<GtpRequest> parse_request(const std::string& line);

// "=12 D4\n\n" and "?12 illegal move: ko\n\n". Errors are made one line of printable text, and an
// answer never holds an empty line.
std::string gtp_success(const std::string& id, const std::string& text);
std::string gtp_failure(const std::string& id, const std::string& message);

struct InputLine {
  std::string text;  // without the newline; only the beginning of a line that is too long
  bool too_long = false;
};

// The next line, also one that the end of the input cuts off; nothing at the end. Holds no more
// than `most_bytes` of it in memory.
std::optional<InputLine> read_line(std::istream& in, size_t most_bytes);

}  // namespace tengen::agents
