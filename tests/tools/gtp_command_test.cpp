// `tengen gtp` and `tengen match` as a user runs them.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace tengen {
namespace {

struct Outcome {
  std::string output;
  int status = 0;
};

// Runs the program by way of a shell; `rest` may redirect.
Outcome run(const std::string& rest, const std::string& before = "") {
  FILE* pipe = ::popen((before + "'" TENGEN_PROGRAM "' " + rest).c_str(), "r");
  Outcome outcome;
  char buffer[4096];
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    outcome.output.append(buffer, n);
  }
  outcome.status = WEXITSTATUS(::pclose(pipe));
  return outcome;
}

TEST(GtpCommand, AnswersOnStandardOutputAndNothingElse) {
  const Outcome outcome = run("gtp --player random --size 5 2>/dev/null",
                              "printf 'name\\nfly\\nplay b c3\\nplay w c3\\nquit\\n' | ");
  EXPECT_EQ(outcome.output,
            "= Tengen\n\n? unknown command\n\n=\n\n? illegal move: occupied\n\n=\n\n");
  EXPECT_EQ(outcome.status, 0);
}

TEST(GtpCommand, SizeKomiAndRulesAreTaken) {
  const Outcome outcome =
      run("gtp --player random --size 7 --komi 9 --rules tromp-taylor", "printf 'printsgf\\n' | ");
  EXPECT_NE(outcome.output.find("SZ[7]KM[9]RU[Tromp-Taylor]"), std::string::npos) << outcome.output;
}

TEST(GtpCommand, BrokenWeightsAreAnErrorBeforeTheFirstAnswer) {
  const auto file = std::filesystem::temp_directory_path() / "tengen_broken.safetensors";
  std::ofstream(file) << "no weights";
  const std::string command = "gtp --player net:" + file.string();
  EXPECT_EQ(run(command + " 2>/dev/null", "echo name | ").output, "");
  const Outcome outcome = run(command + " 2>&1", "echo name | ");
  EXPECT_NE(outcome.output.find(file.string()), std::string::npos) << outcome.output;
  EXPECT_EQ(outcome.status, 1);
  std::filesystem::remove(file);
}

TEST(GtpCommand, WrongOptionsAreErrorsThatSayWhatIsRight) {
  EXPECT_NE(run("gtp --player weak 2>&1 </dev/null").output.find("known are"), std::string::npos);
  EXPECT_NE(run("gtp --komi 7.3 2>&1 </dev/null").output.find("0.5"), std::string::npos);
  EXPECT_NE(run("gtp --size 26 2>&1 </dev/null").status, 0);
  EXPECT_NE(run("gtp --rules blitz 2>&1 </dev/null").output.find("chinese"), std::string::npos);
  EXPECT_NE(run("gtp --player 'gtp:gnugo' --visits 5 2>&1 </dev/null").status, 0);
}

TEST(MatchCommand, EndsWithTableAndElo) {
  const auto json = std::filesystem::temp_directory_path() / "tengen_match.json";
  const Outcome outcome = run("match rollout:visits=20 random --size 5 --games 4 --json " +
                              json.string() + " 2>/dev/null");
  EXPECT_NE(outcome.output.find("A against B: "), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("(95 % interval)"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(json));
  EXPECT_EQ(outcome.status, 0);
  std::filesystem::remove(json);
}

TEST(MatchCommand, ProgressIsOnStandardError) {
  const Outcome outcome = run("match random random --size 3 --games 2 2>&1 >/dev/null");
  EXPECT_NE(outcome.output.find("2/2 games"), std::string::npos) << outcome.output;
}

TEST(MatchCommand, ProgramThatCannotBeStartedIsNamed) {
  const Outcome outcome = run("match random gtp:no-such-program 2>&1");
  EXPECT_NE(outcome.output.find("no-such-program"), std::string::npos);
  EXPECT_EQ(outcome.status, 1);
}

}  // namespace
}  // namespace tengen
