// Matches: who is to blame, what is counted, what is written.
#include "selfplay/match.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "agents/gtp_process.h"
#include "agents/random_agent.h"
#include "envs/games.h"
#include "envs/go/sgf.h"
#include "selfplay/match_report.h"

namespace tengen::selfplay {
namespace {

constexpr const char* kGo5 = "go:komi=7,size=5";

// Plays a list of moves, then passes. "resign" and "crash" are moves too.
class ScriptedAgent : public agents::Agent {
 public:
  ScriptedAgent(std::string name, std::vector<std::string> moves)
      : name_(std::move(name)), moves_(std::move(moves)) {}
  std::string name() const override { return name_; }
  void start(const envs::State& state) override {
    state_ = state.clone();
    next_ = 0;
    ++starts;
  }
  agents::Choice choose(const search::Limits&) override {
    const std::string move = next_ < moves_.size() ? moves_[next_++] : "pass";
    if (move == "crash") throw agents::AgentFailure(name_ + " crashed");
    agents::Choice choice;
    if (move == "resign")
      choice.resign = true;
    else
      choice.action = *state_->parse_action(move);
    return choice;
  }
  void played(envs::Action action) override { state_->play(action); }
  void finished() override { ++ends; }

  int starts = 0, ends = 0;

 private:
  std::string name_;
  std::vector<std::string> moves_;
  size_t next_ = 0;
  std::unique_ptr<envs::State> state_;
};

RefereedGame one_game(std::vector<std::string> black, std::vector<std::string> white) {
  ScriptedAgent first("first", std::move(black)), second("second", std::move(white));
  auto game = referee(first, second, *envs::new_game(kGo5));
  EXPECT_TRUE(game.has_value());
  EXPECT_EQ(first.ends, 1);
  EXPECT_EQ(second.ends, 1);
  return std::move(*game);
}

TEST(Referee, ResignationLoses) {
  const RefereedGame game = one_game({"C3", "resign"}, {"B2"});
  EXPECT_EQ(game.result, "W+R");
  EXPECT_EQ(game.value, -1.0f);
  EXPECT_EQ(game.ending, Ending::kResignation);
  EXPECT_EQ(game.moves.size(), 2u);
}

TEST(Referee, IllegalMoveLosesWithTheReason) {
  const RefereedGame game = one_game({"C3"}, {"C3"});
  EXPECT_EQ(game.result, "B+F");
  EXPECT_EQ(game.ending, Ending::kFailure);
  EXPECT_EQ(game.reason, "second played an illegal move: C3 (occupied)");
}

TEST(Referee, FailureLosesForWhoFailed) {
  EXPECT_EQ(one_game({"crash"}, {}).result, "W+F");
  const RefereedGame game = one_game({"C3"}, {"crash"});
  EXPECT_EQ(game.result, "B+F");
  EXPECT_EQ(game.reason, "second crashed");
}

TEST(Referee, FailureToFollowIsBlamedOnWhoCouldNot) {
  ScriptedAgent first("first", {"C3"});
  agents::GtpProcess second("sh '" TENGEN_SOURCE_DIR "/tests/agents/fake_gtp_engine.sh' refuses");
  const auto game = referee(first, second, *envs::new_game(kGo5));
  EXPECT_EQ(game->result, "B+F");
  EXPECT_EQ(game->reason, "Fake 0.refuses refused 'play b C3': illegal move");
}

// Black's wall on the third column and a white stone behind it that cannot live: by the rules it
// is alive and spoils the area around it, by people's count it is dead.
TEST(Referee, DeadStonesAreRemovedBeforeTheCount) {
  const RefereedGame game = one_game({"C1", "C2", "C3", "C4", "C5", "A2", "B4"},
                                     {"D1", "D2", "D3", "D4", "D5", "B1", "pass", "pass"});
  EXPECT_EQ(game.ending, Ending::kCounted);
  EXPECT_EQ(game.score, 15.0f - 10.0f - 7.0f);
  EXPECT_LT(game.rules_score, game.score);
  EXPECT_EQ(game.result, "W+2");
}

TEST(Referee, KeepsTheTime) {
  const RefereedGame game = one_game({"C3"}, {});
  EXPECT_EQ(game.time[0].moves, 2);
  EXPECT_EQ(game.time[1].moves, 1);
  EXPECT_GE(game.time[0].total_s, game.time[0].longest_s);
}

TEST(Referee, ComparesScores) {
  EXPECT_TRUE(same_score("B+3.5", 3.5f));
  EXPECT_TRUE(same_score("W+7.0", -7.0f));
  EXPECT_TRUE(same_score("0", 0.0f));
  EXPECT_TRUE(same_score("Draw", 0.0f));
  EXPECT_FALSE(same_score("B+3.5", -3.5f));
  EXPECT_FALSE(same_score("B+3", 4.0f));
  EXPECT_FALSE(same_score("B+R", 4.0f));
  EXPECT_FALSE(same_score("", 0.0f));
  EXPECT_FALSE(same_score("0", 1.0f));
}

TEST(Match, AlternatesAndAddsUp) {
  agents::RandomAgent a(1), b(2);
  int calls = 0;
  const MatchResult result = play_match(a, b, {.game = kGo5, .games = 11}, [&](const auto& so_far) {
    EXPECT_EQ(so_far.a.games(), ++calls);
  });
  EXPECT_EQ(calls, 11);
  EXPECT_EQ(result.games.size(), 11u);
  EXPECT_EQ(result.a_first.games(), 6);
  EXPECT_EQ(result.a_second.games(), 5);
  EXPECT_EQ(result.a.wins, result.a_first.wins + result.a_second.wins);
  int wins = 0, moves = 0;
  for (const MatchGame& game : result.games) {
    EXPECT_EQ(game.a_first, game.number % 2 == 1);
    wins += game.a_first ? game.value > 0 : game.value < 0;
    moves += static_cast<int>(game.moves.size());
    EXPECT_EQ(game.comments.size(), game.moves.size());
  }
  EXPECT_EQ(result.a.wins, wins);
  EXPECT_EQ(result.time[0].moves + result.time[1].moves, moves);
}

TEST(Match, PlaysEveryGame) {
  for (const std::string& name : envs::game_names()) {
    agents::RandomAgent a(3), b(4);
    EXPECT_EQ(play_match(a, b, {.game = name, .games = 2}).a.games(), 2) << name;
  }
}

TEST(Match, GoesOnAfterAFailure) {
  const auto mark =
      std::filesystem::temp_directory_path() / ("tengen_match_mark_" + std::to_string(::getpid()));
  std::filesystem::remove(mark);
  agents::RandomAgent a(5);
  agents::GtpProcess b("sh '" TENGEN_SOURCE_DIR "/tests/agents/fake_gtp_engine.sh' dies " +
                       mark.string());
  const MatchResult result = play_match(a, b, {.game = kGo5, .games = 3});
  std::filesystem::remove(mark);
  ASSERT_EQ(result.games.size(), 3u);
  EXPECT_EQ(result.games[0].result, "B+F");
  EXPECT_NE(result.games[0].reason.find("ended with exit status 3"), std::string::npos);
  EXPECT_EQ(result.failures[1], 1);
  EXPECT_EQ(result.games[1].ending, Ending::kCounted);
  EXPECT_EQ(result.opinions, 2);
}

TEST(Match, StopsBetweenGamesAndForgetsTheUnfinishedOne) {
  agents::RandomAgent a(1), b(2);
  std::atomic<bool> stop{false};
  const MatchResult result =
      play_match(a, b, {.game = kGo5, .games = 9, .stop = &stop},
                 [&](const MatchResult& so_far) { stop = so_far.a.games() == 3; });
  EXPECT_EQ(result.a.games(), 3);
  EXPECT_EQ(play_match(a, b, {.game = kGo5, .stop = &stop}).a.games(), 0);
}

std::vector<std::unique_ptr<envs::State>> two_openings() {
  std::vector<std::unique_ptr<envs::State>> openings;
  for (const char* first : {"C3", "B2"}) {
    openings.push_back(envs::new_game(kGo5));
    openings.back()->play(*openings.back()->parse_action(first));
  }
  return openings;
}

std::string first_vertex(const MatchGame& game) {
  const auto& go = dynamic_cast<const envs::go::GoState&>(*game.position);
  return go.action_text(go.action_of(go.moves().front().point));
}

TEST(Match, AnOpeningIsPlayedWithBothColours) {
  agents::RandomAgent a(1), b(2);
  const auto openings = two_openings();
  const MatchResult result = play_match(a, b, {.game = kGo5, .games = 5, .openings = openings});
  const char* expected[] = {"C3", "C3", "B2", "B2", "C3"};
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(first_vertex(result.games[i]), expected[i]) << i;
    EXPECT_EQ(result.games[i].a_first, i % 2 == 0);
    EXPECT_FALSE(match_sgf(result, result.games[i], "").empty());
  }
}

// The same agents in every game, so that the results do not depend on who plays which.
MakePlayers fresh_players(int& tables) {
  return [&tables]() -> std::array<std::unique_ptr<agents::Agent>, 2> {
    ++tables;
    return {std::make_unique<ScriptedAgent>("A", std::vector<std::string>{"D4", "resign"}),
            std::make_unique<ScriptedAgent>("B", std::vector<std::string>{"E5"})};
  };
}

TEST(Match, SeveralGamesAtOnceAreTheSameGames) {
  int tables = 0;
  std::vector<int> numbers;
  const auto openings = two_openings();
  const MatchResult result =
      play_match(fresh_players(tables), 3, {.game = kGo5, .games = 20, .openings = openings},
                 [&](const MatchResult& so_far) { numbers.push_back(so_far.games.back().number); });
  EXPECT_EQ(tables, 3);
  EXPECT_EQ(result.a.losses, 20);
  EXPECT_EQ(result.a_first.games(), 10);
  EXPECT_EQ(result.names[0], "A");
  std::sort(numbers.begin(), numbers.end());
  for (int i = 0; i < 20; ++i) ASSERT_EQ(numbers[static_cast<size_t>(i)], i + 1);
  for (const MatchGame& game : result.games)
    EXPECT_EQ(first_vertex(game), (game.number - 1) / 2 % 2 == 0 ? "C3" : "B2");
}

TEST(Match, WhatOneGameThrowsEndsThemAll) {
  class Broken : public ScriptedAgent {
   public:
    Broken() : ScriptedAgent("broken", {}) {}
    agents::Choice choose(const search::Limits&) override { throw Error("no such network"); }
  };
  const auto make = []() -> std::array<std::unique_ptr<agents::Agent>, 2> {
    return {std::make_unique<Broken>(), std::make_unique<Broken>()};
  };
  EXPECT_THROW(play_match(make, 2, {.game = kGo5, .games = 100}), Error);
}

MatchResult scripted_match(const std::string& folder) {
  ScriptedAgent a("Anna", {"C3", "D3"}), b("B [the second]", {"C2", "crash"});
  return play_match(a, b, {.game = kGo5, .games = 2, .sgf_folder = folder, .date = "2026-02-01"});
}

TEST(MatchReport, SgfIsWrittenToTheByteAndReadAgain) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("tengen_match_" + std::to_string(::getpid())) / "games";
  const MatchResult result = scripted_match(folder.string());
  std::stringstream text;
  text << std::ifstream(folder / "game-001.sgf").rdbuf();
  EXPECT_EQ(text.str(),
            "(;FF[4]GM[1]CA[UTF-8]AP[Tengen]SZ[5]KM[7]RU[Chinese]EV[game 1]DT[2026-02-01]"
            "PB[Anna]PW[B [the second\\]]RE[B+F]C[B [the second\\] crashed]\n"
            ";B[cc];W[cd];B[dc])\n");
  EXPECT_TRUE(std::filesystem::exists(folder / "game-002.sgf"));
  const auto game = envs::go::parse_sgf(text.str(), "game-001.sgf");
  EXPECT_EQ(game.white_name, "B [the second]");
  EXPECT_EQ(envs::go::replay(game).key(), result.games[0].position->key());
  std::filesystem::remove_all(folder.parent_path());
}

TEST(MatchReport, TableAndJsonTellTheSame) {
  const MatchResult result = scripted_match("");
  const std::string table = match_table(result);
  EXPECT_NE(table.find("all                   2      2      0       0    100.0 %"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("+inf Elo"), std::string::npos) << table;
  const nlohmann::json json = match_json(result);
  EXPECT_EQ(json["tally"]["wins"], 2);
  EXPECT_EQ(json["a"]["name"], "Anna");
  EXPECT_EQ(json["b"]["failures"], 2);
  EXPECT_TRUE(json["elo"]["estimate"].is_null());
  EXPECT_EQ(json["games"][0]["moves"], nlohmann::json({"C3", "C2", "D3"}));
  EXPECT_EQ(json["games"][1]["first"], "B [the second]");
  EXPECT_EQ(match_game_line(result, result.games[1]),
            "game 2: W+F, Anna won, moving second (B [the second] crashed)");
}

TEST(MatchReport, DisagreementsAboutScoresAreListed) {
  ScriptedAgent a("Anna", {"C3"});
  agents::GtpProcess b("sh '" TENGEN_SOURCE_DIR "/tests/agents/fake_gtp_engine.sh' well");
  const MatchResult result = play_match(a, b, {.game = kGo5, .games = 1});
  EXPECT_EQ(result.opinions, 1);
  EXPECT_EQ(result.agreeing_opinions, 0);
  EXPECT_NE(match_table(result).find("game 1: B+18 here, Fake 0.well says W+7.0"),
            std::string::npos)
      << match_table(result);
}

TEST(Match, FolderThatCannotBeMadeIsAnErrorBeforeTheFirstGame) {
  ScriptedAgent a("a", {}), b("b", {});
  EXPECT_THROW(play_match(a, b, {.game = kGo5, .sgf_folder = "/dev/null/games"}), Error);
  EXPECT_EQ(a.starts, 0);
}

}  // namespace
}  // namespace tengen::selfplay
