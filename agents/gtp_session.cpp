#include "agents/gtp_session.h"

#include <istream>
#include <ostream>

#include "agents/gtp_commands.h"

namespace tengen::agents {
namespace {

constexpr size_t kMostLineBytes = 64 << 10;

}  // namespace

GtpSession::GtpSession(Agent& agent, const GtpOptions& options)
    : options_(options), game_(agent, options.rules) {}

void GtpSession::run(std::istream& in, std::ostream& out) {
  while (!quit_) {
    const auto line = read_line(in, kMostLineBytes);
    if (!line) return;
    if (line->too_long) {
      const auto request = parse_request(line->text);  // none: a long comment, or nothing at all
      if (request) out << gtp_failure(request->id, "the line is too long");
    } else {
      out << answer(line->text);
    }
    out.flush();
  }
}

std::string GtpSession::answer(const std::string& line) {
  const auto request = parse_request(line);
  if (!request) return "";
  const GtpCommand* command = find_gtp_command(request->command);
  if (!command) return gtp_failure(request->id, "unknown command");
  if (request->arguments.size() < least_arguments(command->usage)) {
    return gtp_failure(request->id, "syntax error: " + std::string(command->name) + " " +
                                        std::string(command->usage));
  }
  try {
    return gtp_success(request->id, command->run(*this, request->arguments));
  } catch (const std::exception& error) {
    return gtp_failure(request->id, error.what());
  }
}

}  // namespace tengen::agents
