// GTP commands about the end of a game. The rules take no stones off; here the dead ones are
// estimated, as people would agree on them.
#include <algorithm>

#include "agents/dead_stones.h"
#include "agents/gtp_commands.h"
#include "envs/go/score.h"

namespace tengen::agents {
namespace {

using envs::Action;
using envs::go::GoState;

std::string final_score(GtpSession& session, const GtpArguments&) {
  const GoState& state = session.game().state();
  return envs::go::result_text(envs::go::score_without_dead(state, judge_dead(state)));
}

// The stones with the wanted fate, a line for each chain.
std::string chains(const GoState& state, bool want_dead) {
  const envs::go::Board& board = state.board();
  const std::vector<Action> dead = judge_dead(state);
  std::string lines;
  for (Action a = 0; a < board.area(); ++a) {
    const envs::go::Point head = state.point_of(a);
    if (!is_stone(board[head]) || board.head(head) != head) continue;
    if (std::binary_search(dead.begin(), dead.end(), a) != want_dead) continue;
    envs::go::Point stone = head;
    do {
      lines += state.action_text(state.action_of(stone));
      stone = board.next(stone);
      lines += stone == head ? "\n" : " ";
    } while (stone != head);
  }
  return lines;
}

std::string final_status_list(GtpSession& session, const GtpArguments& arguments) {
  const GoState& state = session.game().state();
  if (arguments[0] == "alive") return chains(state, false);
  if (arguments[0] == "dead") return chains(state, true);
  if (arguments[0] == "seki") return "";  // counted as alive: area scoring makes no difference
  throw Error("invalid status: '" + arguments[0] + "'; known are alive, seki, dead");
}

constexpr GtpCommand kCommands[] = {
    {"final_score", "", final_score},
    {"final_status_list", "STATUS", final_status_list},
};

}  // namespace

std::span<const GtpCommand> gtp_score_commands() { return kCommands; }

}  // namespace tengen::agents
