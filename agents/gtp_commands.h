// The tables of GTP commands, one for each family, and how their arguments are read.
//
// A handler returns the text of its answer or throws an Error, which becomes the "?" answer. To
// add a command: one function and one line in the table of its family.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/gtp_session.h"

namespace tengen::agents {

using GtpArguments = std::vector<std::string>;

struct GtpCommand {
  std::string_view name;
  std::string_view usage;  // "COLOR VERTEX"; what is [in brackets] may be missing
  std::string (*run)(GtpSession&, const GtpArguments&);
};

std::span<const GtpCommand> gtp_admin_commands();  // about the program
std::span<const GtpCommand> gtp_setup_commands();  // board, komi, handicap
std::span<const GtpCommand> gtp_play_commands();   // moves
std::span<const GtpCommand> gtp_time_commands();   // clocks
std::span<const GtpCommand> gtp_score_commands();  // the end of a game
std::span<const GtpCommand> gtp_sgf_commands();    // files

// Every family, in the order above.
std::vector<const GtpCommand*> gtp_commands();
const GtpCommand* find_gtp_command(std::string_view name);
// How many words of `usage` must be there.
size_t least_arguments(std::string_view usage);

// Arguments. `what` begins the Error: "boardsize".
int integer_argument(const std::string& text, const std::string& what);
double number_argument(const std::string& text, const std::string& what);
envs::go::Color color_argument(const std::string& text);
envs::Action vertex_argument(const std::string& text, const envs::go::GoState& state);

}  // namespace tengen::agents
