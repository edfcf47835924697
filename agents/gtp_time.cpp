// GTP commands about the clocks.
#include "agents/gtp_commands.h"

namespace tengen::agents {
namespace {

using envs::go::Color;

double seconds_argument(const std::string& text) {
  const double seconds = number_argument(text, "time");
  if (seconds < 0.0) throw Error("time is negative: '" + text + "'");
  return seconds;
}

int stones_argument(const std::string& text) {
  const int stones = integer_argument(text, "number of stones");
  if (stones < 0) throw Error("number of stones is negative: '" + text + "'");
  return stones;
}

void set_clocks(GtpSession& session, const Clock& clock) {
  session.clock(Color::kBlack) = session.clock(Color::kWhite) = clock;
}

std::string time_settings(GtpSession& session, const GtpArguments& arguments) {
  set_clocks(session, Clock(seconds_argument(arguments[0]), seconds_argument(arguments[1]),
                            stones_argument(arguments[2])));
  return "";
}

// Of one player; a running clock that the controller corrects may show less than nothing.
std::string time_left(GtpSession& session, const GtpArguments& arguments) {
  const Color color = color_argument(arguments[0]);
  const double seconds = number_argument(arguments[1], "time");
  session.clock(color).set_left(seconds, stones_argument(arguments[2]));
  return "";
}

// KGS: byo-yomi of so many periods is played as one move a period.
std::string kgs_time_settings(GtpSession& session, const GtpArguments& arguments) {
  const std::string& system = arguments[0];
  const size_t numbers = arguments.size() - 1;
  if (system == "none") {
    set_clocks(session, Clock());
  } else if (system == "absolute" && numbers >= 1) {
    set_clocks(session, Clock(seconds_argument(arguments[1]), 0, 0));
  } else if (system == "byoyomi" && numbers >= 3) {
    const int stones = stones_argument(arguments[3]) > 0 ? 1 : 0;
    const double period = stones > 0 ? seconds_argument(arguments[2]) : 0.0;
    set_clocks(session, Clock(seconds_argument(arguments[1]), period, stones));
  } else if (system == "canadian" && numbers >= 3) {
    set_clocks(session, Clock(seconds_argument(arguments[1]), seconds_argument(arguments[2]),
                              stones_argument(arguments[3])));
  } else {
    throw Error(
        "syntax error: kgs-time_settings none | absolute MAIN | byoyomi MAIN PERIOD "
        "PERIODS | canadian MAIN TIME STONES");
  }
  return "";
}

constexpr GtpCommand kCommands[] = {
    {"time_settings", "MAIN_TIME BYO_YOMI_TIME BYO_YOMI_STONES", time_settings},
    {"time_left", "COLOR TIME STONES", time_left},
    {"kgs-time_settings", "SYSTEM [NUMBERS]", kgs_time_settings},
};

}  // namespace

std::span<const GtpCommand> gtp_time_commands() { return kCommands; }

}  // namespace tengen::agents
