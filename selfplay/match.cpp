#include "selfplay/match.h"

#include <fmt/format.h>

#include <filesystem>

#include "envs/games.h"
#include "nn/io/atomic_file.h"
#include "selfplay/match_report.h"

namespace tengen::selfplay {
namespace {

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error("cannot make the folder " + folder + ": " + error.message());
}

void count(Tally& tally, float value) {
  (value > 0.0f ? tally.wins : value < 0.0f ? tally.losses : tally.draws) += 1;
}

}  // namespace

void MatchResult::add(MatchGame game) {
  const float value = game.a_first ? game.value : -game.value;
  count(a, value);
  count(game.a_first ? a_first : a_second, value);
  for (const size_t side : {0u, 1u}) {
    const envs::Player player = side == 0 ? game.a() : envs::opponent(game.a());
    time[side].add(game.time[static_cast<size_t>(player)]);
    if (game.ending == Ending::kCounted || game.loser() != player) continue;
    (game.ending == Ending::kResignation ? resignations : failures)[side] += 1;
  }
  for (const ScoreOpinion& opinion : game.opinions) {
    ++opinions;
    agreeing_opinions += opinion.agrees;
  }
  games.push_back(std::move(game));
}

MatchResult play_match(agents::Agent& a, agents::Agent& b, const MatchOptions& options,
                       const OnGame& on_game) {
  const auto start = envs::new_game(options.game);
  if (!options.sgf_folder.empty()) make_folder(options.sgf_folder);
  MatchResult result;
  result.game = start->spec().name;
  result.names = {a.name(), b.name()};
  for (int number = 1; number <= options.games; ++number) {
    const bool a_first = number % 2 == 1;
    auto played = referee(a_first ? a : b, a_first ? b : a, *start, options.stop);
    if (!played) break;
    result.add(MatchGame{{std::move(*played)}, number, a_first});
    if (!options.sgf_folder.empty()) {
      const std::string sgf = match_sgf(result, result.games.back(), options.date);
      const std::string name = fmt::format("game-{:03}.sgf", number);
      if (!sgf.empty())
        nn::write_file_atomically((std::filesystem::path(options.sgf_folder) / name).string(), sgf);
    }
    if (on_game) on_game(result);
    if (options.stop && *options.stop) break;
  }
  return result;
}

}  // namespace tengen::selfplay
