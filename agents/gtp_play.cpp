// GTP commands that move stones.
#include <chrono>

#include "agents/gtp_commands.h"

namespace tengen::agents {
namespace {

using envs::go::Color;

std::string play(GtpSession& session, const GtpArguments& arguments) {
  const Color color = color_argument(arguments[0]);
  session.game().play(color, vertex_argument(arguments[1], session.game().state()));
  return "";
}

// The agent's choice within the colour's clock, which runs meanwhile.
Choice timed_choice(GtpSession& session, Color color) {
  const envs::go::GoState& state = session.game().state();
  const search::Limits limits =
      session.clock(color).limits(static_cast<int>(state.moves().size()), state.board().area());
  const auto begin = std::chrono::steady_clock::now();
  const Choice choice = session.game().choose(color, limits);
  const std::chrono::duration<double> used = std::chrono::steady_clock::now() - begin;
  session.clock(color).spend(used.count());
  return choice;
}

std::string genmove(GtpSession& session, const GtpArguments& arguments) {
  const Color color = color_argument(arguments[0]);
  const Choice choice = timed_choice(session, color);
  if (choice.resign) return "resign";
  const envs::go::GoState& state = session.game().state();
  // At the limit on the length of a game a pass is answered that nobody can play.
  if (!state.why_illegal(color, choice.action)) session.game().play(color, choice.action);
  return state.action_text(choice.action);
}

// The choice without the move; the clock stands.
std::string reg_genmove(GtpSession& session, const GtpArguments& arguments) {
  const Choice choice = session.game().choose(color_argument(arguments[0]), {});
  return choice.resign ? "resign" : session.game().state().action_text(choice.action);
}

std::string undo(GtpSession& session, const GtpArguments&) {
  session.game().undo();
  return "";
}

std::string showboard(GtpSession& session, const GtpArguments&) {
  std::string board = "\n";  // so that the first row stands below "= "
  return board += session.game().state().text();
}

constexpr GtpCommand kCommands[] = {
    {"play", "COLOR VERTEX", play},        {"genmove", "COLOR", genmove},
    {"reg_genmove", "COLOR", reg_genmove}, {"undo", "", undo},
    {"showboard", "", showboard},
};

}  // namespace

std::span<const GtpCommand> gtp_play_commands() { return kCommands; }

}  // namespace tengen::agents
