// External GTP programs as agents: what goes well, and every way of going wrong.
#include "agents/gtp_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "agents/gtp_link.h"
#include "envs/games.h"

namespace tengen::agents {
namespace {

std::string fake(const std::string& kind) {
  return "'" TENGEN_SOURCE_DIR "/tests/agents/fake_gtp_engine.sh' " + kind;
}

std::unique_ptr<envs::State> empty_board() { return envs::new_game("go:komi=7,size=5"); }

// The text of the failure when it must choose; empty if it chose.
std::string failure_of(const std::string& kind, double timeout_s = 20) {
  GtpProcess player(fake(kind), timeout_s);
  player.start(*empty_board());
  if (kind == "illegal") player.played(*empty_board()->parse_action("A1"));
  try {
    player.choose({});
  } catch (const AgentFailure& failure) {
    return failure.what();
  }
  return "";
}

TEST(GtpProcess, PlaysAndHasAName) {
  GtpProcess player(fake("well"));
  EXPECT_EQ(player.name(), "Fake 0.well");
  const auto board = empty_board();
  player.start(*board);
  EXPECT_EQ(board->action_text(player.choose({}).action), "pass");
  player.played(*board->parse_action("pass"));
  player.played(*board->parse_action("C3"));
  EXPECT_EQ(player.final_score(), "W+7.0");
}

TEST(GtpProcess, Resigns) {
  GtpProcess player(fake("resigns"));
  player.start(*empty_board());
  EXPECT_TRUE(player.choose({}).resign);
}

TEST(GtpProcess, FailuresSayWhatHappened) {
  EXPECT_EQ(failure_of("dies"),
            "Fake 0.dies ended with exit status 3 (out of memory) at 'genmove b'");
  EXPECT_EQ(failure_of("slow", 0.3), "Fake 0.slow gave no answer to 'genmove b' within 0.3 s");
  EXPECT_EQ(failure_of("garbage"),
            "Fake 0.garbage answered 'genmove b' with 'Hello, I play D4', which is not GTP");
  EXPECT_EQ(failure_of("endless"), "Fake 0.endless answered 'genmove b' without end");
  EXPECT_EQ(failure_of("illegal"), "Fake 0.illegal played an illegal move: A1 (occupied)");
}

TEST(GtpProcess, RefusingALegalMoveIsAFailure) {
  GtpProcess player(fake("refuses"));
  player.start(*empty_board());
  try {
    player.played(0);
    FAIL();
  } catch (const AgentFailure& failure) {
    EXPECT_EQ(std::string(failure.what()), "Fake 0.refuses refused 'play b A5': illegal move");
  }
}

TEST(GtpProcess, TalkOnStandardErrorBlocksNothing) { EXPECT_EQ(failure_of("loud"), ""); }

TEST(GtpProcess, IsStartedAnewForTheNextGame) {
  const auto mark =
      std::filesystem::temp_directory_path() / ("tengen_gtp_mark_" + std::to_string(::getpid()));
  std::filesystem::remove(mark);
  GtpProcess player(fake("dies " + mark.string()));
  player.start(*empty_board());
  EXPECT_THROW(player.choose({}), AgentFailure);
  EXPECT_THROW(player.choose({}), AgentFailure);  // not running
  player.start(*empty_board());
  EXPECT_EQ(player.choose({}).action, 25);
  std::filesystem::remove(mark);
}

TEST(GtpProcess, WhatCannotBeStartedIsNamed) {
  try {
    GtpProcess player("no-such-program --mode gtp");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "cannot start 'no-such-program --mode gtp': there is no "
              "program 'no-such-program'");
  }
  EXPECT_THROW(GtpProcess("/dev/null"), Error);
  EXPECT_THROW(GtpProcess(""), Error);
  EXPECT_THROW(GtpProcess("'gnugo"), Error);
  EXPECT_THROW(GtpProcess("/bin/true"), Error);
  EXPECT_THROW(GtpProcess(fake("mute"), 0.2), Error);
}

TEST(GtpProcess, EndsItsProgram) {
  const auto begin = std::chrono::steady_clock::now();
  {
    GtpProcess player(fake("slow"), 0.1);
    player.start(*empty_board());
    EXPECT_THROW(player.choose({}), AgentFailure);
  }
  // It slept for a minute: that we are here already means that it was killed and waited for.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(GtpProcess, PlaysOnlyGo) {
  GtpProcess player(fake("well"));
  EXPECT_THROW(player.start(*envs::new_game("tictactoe")), Error);
}

TEST(GtpLink, SplitsWordsAsAShellDoes) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(split_words("gnugo --mode  gtp "), (Words{"gnugo", "--mode", "gtp"}));
  EXPECT_EQ(split_words("'a b' \"c 'd'\" e\\ f ''"), (Words{"a b", "c 'd'", "e f", ""}));
  EXPECT_EQ(split_words("'a\\b' \"a\\\"b\""), (Words{"a\\b", "a\"b"}));
  EXPECT_EQ(split_words(" \t "), Words{});
  EXPECT_THROW(split_words("'a"), Error);
}

}  // namespace
}  // namespace tengen::agents
