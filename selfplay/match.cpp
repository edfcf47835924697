#include "selfplay/match.h"

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include "envs/games.h"
#include "nn/base/parallel.h"
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

// The games of a match, handed out to those who play them.
class Games {
 public:
  Games(std::array<std::string, 2> names, const MatchOptions& options, const OnGame& on_game)
      : options_(options), on_game_(on_game), start_(envs::new_game(options.game)) {
    if (!options.sgf_folder.empty()) make_folder(options.sgf_folder);
    result_.game = start_->spec().name;
    result_.names = std::move(names);
  }

  // Plays those that nobody else has begun, one after the other.
  void play(agents::Agent& a, agents::Agent& b) {
    while (!stopped()) {
      const int number = next_++;
      if (number > options_.games) return;
      const bool a_first = number % 2 == 1;
      auto played = referee(a_first ? a : b, a_first ? b : a, opening(number), options_.stop);
      if (!played) return;
      end(MatchGame{{std::move(*played)}, number, a_first});
    }
  }

  // What stands in the way of the other games; the first one counts.
  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    next_ = options_.games + 1;
  }

  MatchResult take() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(result_);
  }

 private:
  bool stopped() const { return options_.stop && *options_.stop; }

  const envs::State& opening(int number) const {
    if (options_.openings.empty()) return *start_;
    return *options_.openings[static_cast<size_t>(number - 1) / 2 % options_.openings.size()];
  }

  void end(MatchGame game) {
    const std::lock_guard lock(mutex_);
    result_.add(std::move(game));
    if (!options_.sgf_folder.empty()) write_sgf(result_.games.back());
    if (on_game_) on_game_(result_);
  }

  void write_sgf(const MatchGame& game) const {
    const std::string sgf = match_sgf(result_, game, options_.date);
    const std::string name = fmt::format("game-{:03}.sgf", game.number);
    if (!sgf.empty())
      nn::write_file_atomically((std::filesystem::path(options_.sgf_folder) / name).string(), sgf);
  }

  const MatchOptions& options_;
  const OnGame& on_game_;
  std::unique_ptr<envs::State> start_;
  std::atomic<int> next_{1};
  std::mutex mutex_;  // guards result_ and failure_
  MatchResult result_;
  std::exception_ptr failure_;
};

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
  Games games({a.name(), b.name()}, options, on_game);
  games.play(a, b);
  return games.take();
}

MatchResult play_match(const MakePlayers& make_players, int at_once, const MatchOptions& options,
                       const OnGame& on_game) {
  CHECK(at_once > 0);
  std::vector<std::array<std::unique_ptr<agents::Agent>, 2>> tables;
  for (int i = 0; i < at_once; ++i) tables.push_back(make_players());
  Games games({tables[0][0]->name(), tables[0][1]->name()}, options, on_game);
  std::vector<std::thread> threads;
  for (const auto& players : tables) {
    threads.emplace_back([&games, &players] {
      const LoopsOnThisThread one_core;
      try {
        games.play(*players[0], *players[1]);
      } catch (...) {
        games.fail(std::current_exception());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return games.take();
}

}  // namespace tengen::selfplay
