// What a GTP session promises beyond the transcripts: bounded lines, garbage, endings, and an
// agent that is kept in step.
#include "agents/gtp_session.h"

#include <gtest/gtest.h>

#include <sstream>

#include "nn/base/rng.h"
#include "tests/agents/gtp_agents.h"

namespace tengen::agents {
namespace {

std::string run(const std::string& input, GtpOptions options = {}) {
  LowestMoveAgent agent;
  GtpSession session(agent, options);
  std::istringstream in(input);
  std::ostringstream out;
  session.run(in, out);
  return out.str();
}

TEST(GtpSession, EndsWithQuitAndReadsNoFurther) {
  EXPECT_EQ(run("name\nquit\nname\n"), "= Tengen\n\n=\n\n");
}

TEST(GtpSession, EndsWithTheInputEvenInMidCommand) {
  EXPECT_EQ(run(""), "");
  EXPECT_EQ(run("name\nvers"), "= Tengen\n\n? unknown command\n\n");
  EXPECT_EQ(run("name\nname"), "= Tengen\n\n= Tengen\n\n");
  EXPECT_EQ(run("play b"), "? syntax error: play COLOR VERTEX\n\n");
}

TEST(GtpSession, AnswersALineOfTenMegabytesAndGoesOn) {
  const std::string huge = "12 " + std::string(10 << 20, 'x');
  EXPECT_EQ(run(huge + "\nname\n"), "?12 the line is too long\n\n= Tengen\n\n");
  EXPECT_EQ(run(std::string(10 << 20, '\0') + "\nname\n"), "= Tengen\n\n");
  EXPECT_EQ(run("play b " + std::string(60000, '9') + "\nname\n").substr(0, 2), "? ");
}

// Every answer to any bytes is "=" or "?", ends with one empty line, and errors are one line.
void expect_gtp(const std::string& output) {
  size_t begin = 0;
  while (begin < output.size()) {
    ASSERT_TRUE(output[begin] == '=' || output[begin] == '?') << output.substr(begin, 80);
    const size_t end = output.find("\n\n", begin);
    ASSERT_NE(end, std::string::npos);
    const std::string answer = output.substr(begin, end - begin);
    if (answer[0] == '?') {
      EXPECT_EQ(answer.find('\n'), std::string::npos) << answer;
    }
    begin = end + 2;
  }
}

TEST(GtpSession, SurvivesRandomBytes) {
  for (uint64_t stream = 0; stream < 50; ++stream) {
    Rng rng(5, stream);
    std::string input;
    for (int i = 0; i < 4000; ++i) input += static_cast<char>(rng.below(256));
    expect_gtp(run(input + "\nquit\n"));
  }
}

TEST(GtpSession, SurvivesRandomCommands) {
  const std::vector<std::string> words = {"play",
                                          "genmove",
                                          "undo",
                                          "b",
                                          "w",
                                          "a1",
                                          "b2",
                                          "c1",
                                          "pass",
                                          "komi",
                                          "boardsize",
                                          "2",
                                          "3",
                                          "-7",
                                          "1e9",
                                          "0.5",
                                          "clear_board",
                                          "final_score",
                                          "final_status_list",
                                          "dead",
                                          "fixed_handicap",
                                          "place_free_handicap",
                                          "set_free_handicap",
                                          "showboard",
                                          "time_settings",
                                          "time_left",
                                          "loadsgf",
                                          "printsgf /",
                                          "reg_genmove",
                                          "#",
                                          "\x01",
                                          "99999999999"};
  for (uint64_t stream = 0; stream < 60; ++stream) {
    Rng rng(6, stream);
    std::string input = "boardsize 3\n";
    for (int line = 0; line < 150; ++line) {
      const uint32_t length = 1 + rng.below(4);
      for (uint32_t i = 0; i < length; ++i) {
        input += words[rng.below(static_cast<uint32_t>(words.size()))] + " ";
      }
      input += "\n";
    }
    const std::string output = run(input);
    expect_gtp(output);
    EXPECT_EQ(output.find("CHECK"), std::string::npos) << output;
  }
}

struct Session {
  LowestMoveAgent agent;
  GtpSession session{agent, {}};
  std::string operator()(const std::string& line) { return session.answer(line); }
};

TEST(GtpSession, AgentFollowsOrdinaryMovesWithoutStartingAgain) {
  Session s;
  s("boardsize 5");
  EXPECT_EQ(s("genmove b"), "= A5\n\n");
  EXPECT_EQ(s("play w c3"), "=\n\n");
  EXPECT_EQ(s("genmove b"), "= B5\n\n");
  EXPECT_EQ(s.agent.starts, 1);
  EXPECT_EQ(s.agent.state().key(), s.session.game().state().key());
}

TEST(GtpSession, AgentIsBroughtToOddPositions) {
  Session s;
  s("boardsize 5");
  s("genmove b");
  s("play b c3");  // out of turn
  EXPECT_EQ(s("genmove b"), "= B5\n\n");
  s("undo");
  s("komi 3.5");
  EXPECT_EQ(s("genmove w"), "= B5\n\n");
  EXPECT_EQ(s.agent.state().key(), s.session.game().state().key());
  s("play b pass");
  s("play w pass");
  EXPECT_EQ(s("genmove b"), "= C5\n\n");  // the game goes on
}

TEST(GtpSession, ResignationPlaysNothing) {
  Session s;
  s.agent.resigns = true;
  EXPECT_EQ(s("genmove b"), "= resign\n\n");
  EXPECT_TRUE(s.session.game().state().moves().empty());
}

TEST(GtpSession, FailingAgentIsAnErrorOfOneLineAndIsStartedAnew) {
  Session s;
  s.agent.fails = true;
  EXPECT_EQ(s("genmove b"), "? no move today\n\n");
  s.agent.fails = false;
  EXPECT_EQ(s("genmove b"), "= A9\n\n");
  EXPECT_EQ(s.agent.starts, 2);
}

TEST(GtpSession, ClockLimitsTheAgent) {
  Session s;
  s("genmove b");
  EXPECT_EQ(s.agent.last_limits.time_s, 0.0);
  s("time_settings 100 0 0");
  s("genmove b");
  EXPECT_GT(s.agent.last_limits.time_s, 0.5);
  EXPECT_LT(s.agent.last_limits.time_s, 50.0);
  s("time_left w 1 0");
  s("genmove w");
  EXPECT_LT(s.agent.last_limits.time_s, 1.0);
  s("kgs-time_settings none");
  s("genmove b");
  EXPECT_EQ(s.agent.last_limits.time_s, 0.0);
}

TEST(GtpSession, LimitOnTheLengthOfAGameIsMetWithPasses) {
  Session s;
  s("boardsize 2");
  for (int i = 0; i < 40; ++i) {
    const std::string answer = s(i % 2 ? "genmove w" : "genmove b");
    EXPECT_EQ(answer[0], '=') << answer;
  }
  EXPECT_EQ(s("genmove b"), "= pass\n\n");
}

}  // namespace
}  // namespace tengen::agents
