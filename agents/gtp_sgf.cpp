// GTP commands about SGF files.
#include <algorithm>
#include <fstream>

#include "agents/gtp_commands.h"
#include "envs/go/score.h"
#include "envs/go/sgf.h"

namespace tengen::agents {
namespace {

constexpr std::streamsize kMostFileBytes = 16 << 20;

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path + ": there is no such file, or it cannot be read");
  std::string text(static_cast<size_t>(kMostFileBytes), '\0');
  file.read(text.data(), kMostFileBytes);
  if (file.gcount() == kMostFileBytes) throw Error(path + ": too large for a game record");
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// Up to the position before the given move. Ko and suicide stay as they are in the session.
std::string loadsgf(GtpSession& session, const GtpArguments& arguments) {
  const int last = arguments.size() > 1 ? integer_argument(arguments[1], "move number") : 0;
  if (arguments.size() > 1 && last < 1) throw Error("move numbers begin with 1");
  try {
    envs::go::SgfGame game = envs::go::parse_sgf(file_text(arguments[0]), arguments[0]);
    if (last > 0) game.moves.resize(std::min(game.moves.size(), static_cast<size_t>(last - 1)));
    envs::go::Rules rules = session.game().state().rules();
    rules.size = game.size;
    rules.max_moves = envs::go::patient_move_limit(game.size);
    rules.komi = game.komi.value_or(rules.komi);
    session.game().load(envs::go::replay(game, rules));
  } catch (const Error& error) {
    throw Error(std::string("cannot load file: ") + error.what());
  }
  return "";
}

std::string printsgf(GtpSession& session, const GtpArguments& arguments) {
  const envs::go::GoState& state = session.game().state();
  envs::go::SgfGame game = envs::go::sgf_of(state);
  if (const auto outcome = state.outcome()) game.result = envs::go::result_text(outcome->score);
  const std::string text = envs::go::write_sgf(game);
  if (arguments.empty()) return text;
  std::ofstream file(arguments[0], std::ios::binary);
  file << text;
  file.close();
  if (!file) throw Error("cannot write file: " + arguments[0]);
  return "";
}

constexpr GtpCommand kCommands[] = {
    {"loadsgf", "FILE [MOVE_NUMBER]", loadsgf},
    {"printsgf", "[FILE]", printsgf},
};

}  // namespace

std::span<const GtpCommand> gtp_sgf_commands() { return kCommands; }

}  // namespace tengen::agents
