// Sessions as golden text: tests/agents/gtp_transcripts/*.txt hold what the controller says
// ("> genmove b") and the bytes of each answer. TENGEN_UPDATE_GOLDEN=1 writes them anew; review
// the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "agents/gtp_session.h"
#include "tests/agents/gtp_agents.h"

namespace tengen::agents {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(TENGEN_SOURCE_DIR) / "tests/agents/gtp_transcripts";

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// What the session answers to the lines of the transcript that begin with "> "; "\t" and other
// escapes of the file are written \t, \x01.
std::string replay(const std::string& transcript) {
  LowestMoveAgent agent;
  GtpOptions options;
  options.version = "1.0";
  GtpSession session(agent, options);
  std::istringstream lines(transcript);
  std::string out, line;
  while (std::getline(lines, line)) {
    if (!line.starts_with("> ")) continue;
    std::string command = line.substr(2);
    for (const auto& [escape, byte] : {std::pair{"\\t", '\t'}, {"\\r", '\r'}, {"\\x01", '\x01'}}) {
      for (size_t at; (at = command.find(escape)) != std::string::npos;) {
        command.replace(at, std::string(escape).size(), 1, byte);
      }
    }
    out += line + "\n" + session.answer(command);
  }
  return out;
}

class GtpTranscript : public testing::TestWithParam<std::string> {};

TEST_P(GtpTranscript, IsAnsweredToTheByte) {
  const auto path = kFolder / (GetParam() + ".txt");
  const std::string expected = contents(path);
  ASSERT_FALSE(expected.empty()) << path;
  std::filesystem::current_path(TENGEN_SOURCE_DIR);  // loadsgf's paths are relative to it
  const std::string answered = replay(expected);
  if (std::getenv("TENGEN_UPDATE_GOLDEN")) {
    std::ofstream(path, std::ios::binary) << answered;
    GTEST_SKIP() << path << " was written";
  }
  EXPECT_EQ(answered, expected);
}

INSTANTIATE_TEST_SUITE_P(All, GtpTranscript,
                         testing::Values("admin", "play", "setup", "time", "score", "sgf"));

}  // namespace
}  // namespace tengen::agents
