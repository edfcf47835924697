// Agent against agent: many games with alternating colours, and what they add up to.
//
// One game after the other, so that each player has the whole machine when it thinks. Start
// reading at play_match; a single game is referee.h, texts are match_report.h.
#pragma once

#include <array>
#include <atomic>
#include <functional>
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

}  // namespace tengen::selfplay
