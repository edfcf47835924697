// GTP commands that set up a game: board, komi, handicap.
#include <algorithm>

#include "agents/gtp_commands.h"
#include "envs/go/handicap.h"

namespace tengen::agents {
namespace {

using envs::Action;
using envs::go::Color;
using envs::go::GoState;

std::string boardsize(GtpSession& session, const GtpArguments& arguments) {
  const int size = integer_argument(arguments[0], "boardsize");
  if (size < 2 || size > envs::go::kMaxSize) throw Error("unacceptable size");
  session.game().clear(size);
  return "";
}

std::string clear_board(GtpSession& session, const GtpArguments&) {
  session.game().clear(session.game().state().rules().size);
  return "";
}

std::string komi(GtpSession& session, const GtpArguments& arguments) {
  session.game().set_komi(static_cast<float>(number_argument(arguments[0], "komi")));
  return "";
}

void check_board_empty(const GoState& state) {
  const bool stones = static_cast<int>(state.board().empty_points().size()) < state.board().area();
  if (stones || !state.moves().empty()) throw Error("board not empty");
}

// Puts the stones down and answers with their vertices. White moves next.
std::string give_handicap(GtpSession& session, const std::vector<Action>& stones) {
  session.game().set_up(stones, {}, Color::kWhite);
  std::string vertices;
  for (const Action stone : stones) {
    if (!vertices.empty()) vertices += ' ';
    vertices += session.game().state().action_text(stone);
  }
  return vertices;
}

// `points(size, stones)` refuses a number that does not fit.
std::string chosen_handicap(GtpSession& session, const GtpArguments& arguments,
                            std::vector<Action> (*points)(int, int)) {
  const int stones = integer_argument(arguments[0], "number of stones");
  const GoState& state = session.game().state();
  check_board_empty(state);
  try {
    return give_handicap(session, points(state.rules().size, stones));
  } catch (const Error& error) {
    throw Error(std::string("invalid number of stones: ") + error.what());
  }
}

std::string fixed_handicap(GtpSession& session, const GtpArguments& arguments) {
  return chosen_handicap(session, arguments, envs::go::fixed_handicap);
}

std::string place_free_handicap(GtpSession& session, const GtpArguments& arguments) {
  return chosen_handicap(session, arguments, envs::go::free_handicap);
}

std::string set_free_handicap(GtpSession& session, const GtpArguments& arguments) {
  const GoState& state = session.game().state();
  check_board_empty(state);
  std::vector<Action> actions;
  for (const std::string& argument : arguments) {
    const auto action = state.parse_action(argument);
    const bool fine = action && *action != state.pass_action() &&
                      std::find(actions.begin(), actions.end(), *action) == actions.end();
    if (!fine) throw Error("bad vertex list");
    actions.push_back(*action);
  }
  if (static_cast<int>(actions.size()) >= state.board().area()) throw Error("bad vertex list");
  give_handicap(session, actions);
  return "";
}

constexpr GtpCommand kCommands[] = {
    {"boardsize", "SIZE", boardsize},
    {"clear_board", "", clear_board},
    {"komi", "KOMI", komi},
    {"fixed_handicap", "STONES", fixed_handicap},
    {"place_free_handicap", "STONES", place_free_handicap},
    {"set_free_handicap", "VERTEX VERTEX", set_free_handicap},
};

}  // namespace

std::span<const GtpCommand> gtp_setup_commands() { return kCommands; }

}  // namespace tengen::agents
