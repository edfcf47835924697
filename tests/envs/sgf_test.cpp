// SGF: golden text, round trips, broken files, files from the wild.
#include "envs/go/sgf.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "nn/base/check.h"
#include "tests/envs/diagram.h"

namespace tengen::envs::go {
namespace {

std::string error_of(const std::string& text) {
  try {
    parse_sgf(text, "game.sgf");
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

SgfGame sample() {
  SgfGame game{.size = 9, .komi = 6.5f};
  game.rules = "Chinese";
  game.result = "B+R";
  game.black_name = "A [strong] one";
  game.white_name = "back\\slash";
  game.white_rank = "3d";
  game.date = "2026-01-31";
  game.comment = "two\nlines";
  game.black = {20, 24};
  game.white = {40};
  game.to_play = Color::kWhite;
  for (int i = 0; i < 12; ++i)
    game.moves.push_back({.color = i % 2 ? Color::kBlack : Color::kWhite, .action = i});
  game.moves[3].comment = "why: not]";
  game.moves.push_back({.color = Color::kWhite, .action = 81});
  return game;
}

TEST(Sgf, WritesThisText) {
  EXPECT_EQ(write_sgf(sample()),
            "(;FF[4]GM[1]CA[UTF-8]AP[Tengen]SZ[9]KM[6.5]RU[Chinese]DT[2026-01-31]"
            "PB[A [strong\\] one]PW[back\\\\slash]WR[3d]RE[B+R]AB[cc][gc]AW[ee]PL[W]"
            "C[two\nlines]\n"
            ";W[aa];B[ba];W[ca];B[da]C[why: not\\]];W[ea];B[fa];W[ga];B[ha];W[ia];B[ab]\n"
            ";W[bb];B[cb];W[])\n");
}

TEST(Sgf, ReadsWhatItWrites) {
  const SgfGame game = parse_sgf(write_sgf(sample()), "sample");
  EXPECT_EQ(write_sgf(game), write_sgf(sample()));
  EXPECT_EQ(game.black_name, "A [strong] one");
  EXPECT_EQ(game.moves.back().action, 81);
}

TEST(Sgf, GamesComeBackWithTheirRules) {
  for (const std::string name :
       {"chinese", "tromp-taylor", "aga", "new-zealand", "simple", "simple with suicide"}) {
    Rules rules{.size = 7, .komi = -3.5f, .ko = Ko::kSimple, .max_moves = patient_move_limit(7)};
    if (name.substr(0, 6) == "simple")
      rules.suicide = name.size() > 6;
    else
      apply_rule_set(name, rules);
    GoState state(rules);
    Rng rng(4);
    for (int i = 0; i < 60 && !state.over(); ++i) state.play(state.playout_move(rng));
    const GoState back = replay(parse_sgf(write_sgf(sgf_of(state)), name));
    EXPECT_EQ(back.rules(), state.rules()) << name;
    EXPECT_EQ(back.moves(), state.moves());
    EXPECT_EQ(back.key(), state.key());
  }
}

TEST(Sgf, FollowsTheMainLine) {
  const SgfGame game = parse_sgf(
      " words before (\n;SZ[9]C[root];B[aa](;W[bb];B[cc](;W[dd])(;W[ee]C[no \\] (]))(;W[ff]))",
      "variations");
  ASSERT_EQ(game.moves.size(), 4u);
  EXPECT_EQ(game.moves[3].action, 3 * 9 + 3);
  EXPECT_EQ(game.comment, "root");
}

TEST(Sgf, ReadsOldAndOddForms) {
  const SgfGame game = parse_sgf(
      "(;GaMe[1]SiZe[9:9]  KM[375]XY[unknown][values]\n AB [aa:ba] [ic]AW[cc]\n;AE[ba]PL[w]\n"
      ";White[tt] ; B [ ];W\n[dd]C[soft \\\nbreak \\: tab\there]LB[aa:1];C[later])",
      "old");
  EXPECT_EQ(game.size, 9);
  EXPECT_EQ(game.komi, 7.5f);  // 3.75 stones
  EXPECT_EQ(game.black, (std::vector<Action>{0, 26}));
  EXPECT_EQ(game.white, std::vector<Action>{20});
  EXPECT_EQ(game.to_play, Color::kWhite);
  ASSERT_EQ(game.moves.size(), 3u);
  EXPECT_EQ(game.moves[0].action, 81);
  EXPECT_EQ(game.moves[1].action, 81);
  EXPECT_EQ(game.moves[2].action, 30);
  EXPECT_EQ(game.moves[2].comment, "soft break : tab here\nlater");
  // On boards beyond 19 "tt" is a point.
  EXPECT_EQ(parse_sgf("(;SZ[21];B[tt])", "big").moves[0].action, 19 * 21 + 19);
}

TEST(Sgf, ReadsCollections) {
  const auto games = parse_sgf_collection("(;SZ[9];B[aa])\nnoise\n(;SZ[13])(;)", "many");
  ASSERT_EQ(games.size(), 3u);
  EXPECT_EQ(games[0].moves.size(), 1u);
  EXPECT_EQ(games[1].size, 13);
  EXPECT_EQ(games[2].size, 19);
  EXPECT_FALSE(games[2].komi.has_value());
}

TEST(Sgf, BrokenTextsNameTheByteAndWhatWasExpected) {
  EXPECT_EQ(error_of(""), "game.sgf: byte 0: expected a game beginning with \"(;\", found the end");
  EXPECT_EQ(error_of("hello"),
            "game.sgf: byte 5: expected a game beginning with \"(;\", found the end");
  EXPECT_EQ(error_of(";SZ[9](;B[aa])"), "game.sgf: byte 0: expected \"(\", found \";\"");
  EXPECT_EQ(error_of("(;B[aa]"),
            "game.sgf: byte 7: expected a property, \";\", \"(\" or \")\", found the end");
  EXPECT_EQ(error_of("(;B[aa"),
            "game.sgf: byte 6: expected \"]\" for the \"[\" at byte 3, found the end");
  EXPECT_EQ(error_of("(;B[aa\\"),
            "game.sgf: byte 7: expected \"]\" for the \"[\" at byte 3, found the end");
  EXPECT_EQ(error_of("(;B;W[aa])"), "game.sgf: byte 3: expected \"[\" after B, found \";\"");
  EXPECT_EQ(error_of("(;b[aa])"),
            "game.sgf: byte 2: expected a property name in capitals, found \"b\"");
  EXPECT_EQ(error_of("(;B[aa](W[bb]))"), "game.sgf: byte 8: expected \";\", found \"W\"");
  EXPECT_EQ(error_of("(;B[aa]\x01)"),
            "game.sgf: byte 7: expected a property, \";\", \"(\" or \")\", found 0x01");
  EXPECT_EQ(error_of("(;(;B[aa]);W[bb])"),
            "game.sgf: byte 10: expected \"(\" or \")\", found \";\"");
  EXPECT_EQ(error_of("(;(;B[aa])(;W[bb]"),
            "game.sgf: byte 17: expected \")\" for the \"(\" at byte 10, found the end");
  EXPECT_EQ(error_of("(;SZ[9];B[jj])"),
            "game.sgf: byte 10: expected a point from aa to ii, found \"j\"");
  EXPECT_EQ(error_of("(;SZ[9]AB[aa:])"),
            "game.sgf: byte 13: expected a point from aa to ii, found \"]\"");
  EXPECT_EQ(error_of("(;SZ[26])"),
            "game.sgf: byte 5: expected a square board size from 2 to 25, found \"2\"");
  EXPECT_EQ(error_of("(;SZ[9:13])"),
            "game.sgf: byte 5: expected a square board size from 2 to 25, found \"9\"");
  EXPECT_EQ(error_of("(;KM[six])"), "game.sgf: byte 5: expected a number, found \"s\"");
  EXPECT_EQ(error_of("(;KM[6.1])"),
            "game.sgf: byte 5: expected a komi in half points, found \"6\"");
  EXPECT_EQ(error_of("(;GM[2])"), "game.sgf: byte 5: expected 1 for Go in GM, found \"2\"");
  EXPECT_EQ(error_of("(;PL[X])"), "game.sgf: byte 5: expected B or W in PL, found \"X\"");
  EXPECT_EQ(error_of("(;B[aa];AB[bb])"),
            "game.sgf: byte 8: expected no set-up stones after the first move, found \"A\"");
}

TEST(Sgf, IllegalGamesNameTheMove) {
  const auto replay_error = [](const std::string& text) -> std::string {
    try {
      replay(parse_sgf(text, "x"));
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(replay_error("(;SZ[9];B[ee];W[ee])"), "move 2 (white E5): occupied");
  EXPECT_EQ(replay_error("(;SZ[9]AB[aa][aa])"), "accepted");
  EXPECT_EQ(replay_error("(;SZ[9]AB[aa]AW[ba][ab])"), "set-up: no liberty is left at A8");
  EXPECT_EQ(replay_error("(;SZ[9]AB[ba][ab];W[aa])"), "move 1 (white A9): suicide");
  EXPECT_EQ(replay_error("(;SZ[9];B[];W[];B[aa];B[bb];W[];W[])"), "accepted");
}

// Every mutation is read or is an Error; nothing else may happen.
TEST(Sgf, SurvivesMutations) {
  const std::string text = write_sgf(sample()) + "(;SZ[19](;AB[aa:cc];B[dd])(;W[ee]))";
  const std::string letters = "()[];:\\ABWCSZ19aet\n \xff" + std::string(1, '\0');
  int read = 0, refused = 0;
  for (uint64_t i = 0; i < 20000; ++i) {
    Rng rng(77, i);
    std::string mutant = text;
    for (uint32_t n = rng.below(4) + 1; n > 0; --n) {
      const size_t at = rng.below(static_cast<uint32_t>(mutant.size()));
      const char letter = letters[rng.below(static_cast<uint32_t>(letters.size()))];
      if (rng.below(3) == 0)
        mutant.erase(at, rng.below(20));
      else if (rng.below(2) == 0)
        mutant.insert(at, 1, letter);
      else
        mutant[at] = letter;
    }
    try {
      for (const SgfGame& game : parse_sgf_collection(mutant, "mutant")) replay(game);
      ++read;
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(read, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(Sgf, SurvivesDepthAndLength) {
  constexpr size_t kLong = 10'000'000;
  std::string deep;
  while (deep.size() < kLong) deep += "(;";
  EXPECT_THROW(parse_sgf(deep, "deep"), Error);
  EXPECT_THROW(parse_sgf(std::string(kLong, '('), "open"), Error);
  EXPECT_THROW(parse_sgf("(;C[" + std::string(kLong, 'x'), "comment"), Error);
  EXPECT_THROW(parse_sgf(std::string(kLong, '\xfe'), "garbage"), Error);
  EXPECT_THROW(parse_sgf("(;" + std::string(kLong, ';'), "nodes"), Error);
  std::string garbage(kLong, '\0');
  Rng rng(9);
  for (char& c : garbage) c = static_cast<char>(rng.bits());
  EXPECT_THROW(parse_sgf(garbage, "garbage"), Error);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// 80 files as found in the wild: one lacks its first parenthesis, one plays on a stone.
TEST(Sgf, ReadsFilesFromTheWild) {
  const auto folder =
      std::filesystem::path(TENGEN_SOURCE_DIR) / ".." / "shared" / "data" / "go19" / "raw-sample";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no data at " << folder;
  int read = 0, refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".sgf") continue;
    try {
      const GoState state = replay(parse_sgf(file_text(entry.path()), entry.path().string()));
      EXPECT_FALSE(state.moves().empty()) << entry.path();
      ++read;
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GE(read, 78);
  EXPECT_LE(refused, 2);
}

}  // namespace
}  // namespace tengen::envs::go
