// GTP commands about the program itself.
#include "agents/gtp_commands.h"

namespace tengen::agents {
namespace {

std::string protocol_version(GtpSession&, const GtpArguments&) { return "2"; }
std::string name(GtpSession& session, const GtpArguments&) { return session.options().name; }
std::string version(GtpSession& session, const GtpArguments&) { return session.options().version; }

std::string known_command(GtpSession&, const GtpArguments& arguments) {
  return find_gtp_command(arguments[0]) ? "true" : "false";
}

std::string list_commands(GtpSession&, const GtpArguments&) {
  std::string list;
  for (const GtpCommand* command : gtp_commands()) list += std::string(command->name) + "\n";
  return list;
}

std::string quit(GtpSession& session, const GtpArguments&) {
  session.quit();
  return "";
}

constexpr GtpCommand kCommands[] = {
    {"protocol_version", "", protocol_version},
    {"name", "", name},
    {"version", "", version},
    {"known_command", "COMMAND", known_command},
    {"list_commands", "", list_commands},
    {"quit", "", quit},
};

}  // namespace

std::span<const GtpCommand> gtp_admin_commands() { return kCommands; }

}  // namespace tengen::agents
