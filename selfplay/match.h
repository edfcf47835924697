// Agent against agent: many games with alternating colours, and what they add up to.
//
// One game after the other, so that each player has the whole machine when it thinks; or several
// games at once, each on one core. Start reading at play_match; a single game is referee.h, texts
// are match_report.h.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/agent.h"
#include "selfplay/elo.h"
#include "selfplay/referee.h"

namespace tengen::selfplay {

struct MatchOptions {
  std::string game = "go:komi=7,size=9";  // as envs::new_game takes it
  int games = 20;
  std::string sgf_folder = {};              // a file for each game of Go; empty: none
  std::string date = {};                    // in these files, "2026-02-01"; empty: none
  const std::atomic<bool>* stop = nullptr;  // an unfinished game does not count
  // Positions to begin at, each for two games in a row with the colours changed; after the last
  // comes the first again. Empty: the game's start.
  std::span<const std::unique_ptr<envs::State>> openings = {};
};

struct MatchGame : RefereedGame {
  int number = 0;       // from 1
  bool a_first = true;  // A moved first

  envs::Player a() const { return a_first ? envs::Player::kFirst : envs::Player::kSecond; }
};

struct MatchResult {
  std::string game;
  std::array<std::string, 2> names;  // A, B
  std::vector<MatchGame> games;
  Tally a;                       // of A, all games
  Tally a_first, a_second;       // and by who moved first
  std::array<TimeUsed, 2> time;  // A, B
  std::array<int, 2> resignations{};
  std::array<int, 2> failures{};            // crashes, time-outs, illegal moves
  int opinions = 0, agreeing_opinions = 0;  // of external programs about scores

  void add(MatchGame game);
};

// Called after every game with what stands so far; the last of its games is the new one.
using OnGame = std::function<void(const MatchResult& so_far)>;

// The sgf folder is made, and an Error if it cannot be, before the first game.
MatchResult play_match(agents::Agent& a, agents::Agent& b, const MatchOptions& options,
                       const OnGame& on_game = {});

// The two players of a game, A and B.
using MakePlayers = std::function<std::array<std::unique_ptr<agents::Agent>, 2>()>;
// The same with `at_once` games under way, each on a thread of its own with players of its own,
// whose loops run on that thread. `on_game` is called from one thread at a time, with the games in
// the order in which they end; `make_players` is called from this thread.
MatchResult play_match(const MakePlayers& make_players, int at_once, const MatchOptions& options,
                       const OnGame& on_game = {});

}  // namespace tengen::selfplay
