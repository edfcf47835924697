// `tengen gtp` and `tengen match` as a user runs them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tools/program.h"

namespace tengen {
namespace {

// `rest` and what stands before the program may pipe and redirect.
Finished piped(const std::string& rest, const std::string& before = "") {
  return run_by_shell(before + "'" TENGEN_PROGRAM "' " + rest);
}

TEST(GtpCommand, AnswersOnStandardOutputAndNothingElse) {
  const Finished outcome = piped("gtp --player random --size 5 2>/dev/null",
                                 "printf 'name\\nfly\\nplay b c3\\nplay w c3\\nquit\\n' | ");
  EXPECT_EQ(outcome.output,
            "= Tengen\n\n? unknown command\n\n=\n\n? illegal move: occupied\n\n=\n\n");
  EXPECT_EQ(outcome.exit_code, 0);
}

TEST(GtpCommand, SizeKomiAndRulesAreTaken) {
  const Finished outcome = piped("gtp --player random --size 7 --komi 9 --rules tromp-taylor",
                                 "printf 'printsgf\\n' | ");
  EXPECT_NE(outcome.output.find("SZ[7]KM[9]RU[Tromp-Taylor]"), std::string::npos) << outcome.output;
}

TEST(GtpCommand, BrokenWeightsAreAnErrorBeforeTheFirstAnswer) {
  const auto file = std::filesystem::temp_directory_path() / "tengen_broken.safetensors";
  std::ofstream(file) << "no weights";
  const std::string command = "gtp --player net:" + file.string();
  EXPECT_EQ(piped(command + " 2>/dev/null", "echo name | ").output, "");
  const Finished outcome = piped(command + " 2>&1", "echo name | ");
  EXPECT_NE(outcome.output.find(file.string()), std::string::npos) << outcome.output;
  EXPECT_EQ(outcome.exit_code, 1);
  std::filesystem::remove(file);
}

TEST(GtpCommand, WrongOptionsAreErrorsThatSayWhatIsRight) {
  EXPECT_NE(piped("gtp --player weak 2>&1 </dev/null").output.find("known are"), std::string::npos);
  EXPECT_NE(piped("gtp --komi 7.3 2>&1 </dev/null").output.find("0.5"), std::string::npos);
  EXPECT_NE(piped("gtp --size 26 2>&1 </dev/null").exit_code, 0);
  EXPECT_NE(piped("gtp --rules blitz 2>&1 </dev/null").output.find("chinese"), std::string::npos);
  EXPECT_NE(piped("gtp --player 'gtp:gnugo' --visits 5 2>&1 </dev/null").exit_code, 0);
}

TEST(MatchCommand, EndsWithTableAndElo) {
  const auto json = std::filesystem::temp_directory_path() / "tengen_match.json";
  const Finished outcome = piped("match rollout:visits=20 random --size 5 --games 4 --json " +
                                 json.string() + " 2>/dev/null");
  EXPECT_NE(outcome.output.find("A against B: "), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("(95 % interval)"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(json));
  EXPECT_EQ(outcome.exit_code, 0);
  std::filesystem::remove(json);
}

TEST(MatchCommand, ProgressIsOnStandardError) {
  const Finished outcome = piped("match random random --size 3 --games 2 2>&1 >/dev/null");
  EXPECT_NE(outcome.output.find("2/2 games"), std::string::npos) << outcome.output;
}

TEST(MatchCommand, ProgramThatCannotBeStartedIsNamed) {
  const Finished outcome = piped("match random gtp:no-such-program 2>&1");
  EXPECT_NE(outcome.output.find("no-such-program"), std::string::npos);
  EXPECT_EQ(outcome.exit_code, 1);
}

}  // namespace
}  // namespace tengen
