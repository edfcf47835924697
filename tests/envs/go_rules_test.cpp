// Ko, superko, suicide, set-up, turns and keys, each on a position made for it.
#include <gtest/gtest.h>

#include "envs/go/handicap.h"
#include "nn/base/check.h"
#include "tests/envs/diagram.h"

namespace tengen::envs::go {
namespace {

std::string why(const GoState& state, const std::string& vertex) {
  return state.why_illegal(state.parse_action(vertex).value()).value_or("legal");
}

const std::string kSuperko = "superko: the position stood before";

const std::vector<std::string> kKo = {". X O . .",  //
                                      "X O . O .",  //
                                      ". X O . .",  //
                                      ". . . . .",  //
                                      ". . . . ."};

TEST(GoRules, SimpleKoForbidsOneMove) {
  for (const Ko ko : {Ko::kSimple, Ko::kPositional, Ko::kSituational}) {
    GoState state = state_of(kKo, Color::kBlack, {.ko = ko});
    play_all(state, {"C4"});
    EXPECT_EQ(why(state, "B4"), "ko");
    EXPECT_EQ(why(state, "C4"), "occupied");
    EXPECT_THROW(state.play(state.parse_action("B4").value()), CheckFailure);
    play_all(state, {"E1", "E2"});
    EXPECT_EQ(why(state, "B4"), "legal");
  }
}

// Three kos, one above the other: White holds the first and the third, Black the second.
const std::vector<std::string> kTripleKo = {". X O . . . . . .",  //
                                            "X O . O . . . . .",  //
                                            ". X O . . . . . .",  //
                                            ". X O . . . . . .",  //
                                            "X . X O . . . . .",  //
                                            ". X O . . . . . .",  //
                                            ". X O . . . . . .",  //
                                            "X O . O . . . . .",  //
                                            ". X O . . . . . ."};

TEST(GoRules, TripleKoRepeatsOnlyWithoutSuperko) {
  for (const Ko ko : {Ko::kSimple, Ko::kPositional, Ko::kSituational}) {
    GoState state = state_of(kTripleKo, Color::kBlack, {.ko = ko});
    play_all(state, {"C8", "B5", "C2", "B8", "C5"});
    EXPECT_EQ(why(state, "B2"), ko == Ko::kSimple ? "legal" : kSuperko);
  }
}

// White throws in a second stone, Black takes two, White takes one back: the board is as before,
// but it is Black's turn and not White's.
const std::vector<std::string> kSendTwo = {". . . . .",  //
                                           ". . . . .",  //
                                           ". . . . .",  //
                                           "X X O O .",  //
                                           ". O . O ."};

TEST(GoRules, SendingTwoReturningOneTellsTheSuperkosApart) {
  const auto after_taking_two = [](Ko ko) {
    GoState state = state_of(kSendTwo, Color::kWhite, {.ko = ko});
    play_all(state, {"A1", "C1"});
    return state;
  };
  EXPECT_EQ(why(after_taking_two(Ko::kPositional), "B1"), kSuperko);

  GoState situational = after_taking_two(Ko::kSituational);
  EXPECT_EQ(why(situational, "B1"), "legal");
  play_all(situational, {"B1", "pass"});
  EXPECT_EQ(why(situational, "A1"), kSuperko);

  GoState simple = after_taking_two(Ko::kSimple);
  play_all(simple, {"B1", "pass"});
  EXPECT_EQ(why(simple, "A1"), "legal");
}

TEST(GoRules, SuicideOfSeveralStonesIsARule) {
  const std::vector<std::string> rows = {". . .", "O O .", "X . O"};
  const GoState without = state_of(rows, Color::kBlack, {.suicide = false});
  EXPECT_EQ(why(without, "B1"), "suicide");
  GoState with = state_of(rows, Color::kBlack, {.suicide = true});
  EXPECT_EQ(why(with, "B1"), "legal");
  play_all(with, {"B1"});
  EXPECT_EQ(cells_of(with.board()), "...OO...O");
}

TEST(GoRules, SuicideOfOneStoneNeverIs) {
  for (const bool suicide : {false, true}) {
    const GoState state =
        state_of({". . .", "O O .", ". O ."}, Color::kBlack, {.suicide = suicide});
    EXPECT_EQ(why(state, "A1"), "suicide");
  }
}

TEST(GoRules, TwoPassesEndTheGameAndPeopleMayGoOn) {
  GoState state = state_of({". X .", "X . .", ". . ."}, Color::kBlack, {.komi = 0.5f});
  play_all(state, {"pass", "pass"});
  ASSERT_TRUE(state.over());
  EXPECT_EQ(state.outcome()->score, 8.5f);
  EXPECT_EQ(why(state, "B2"), "the game is over");
  EXPECT_FALSE(state.why_illegal(Color::kBlack, *state.parse_action("B2")).has_value());
  state.play_as(Color::kBlack, *state.parse_action("B2"));
  EXPECT_FALSE(state.over());
  EXPECT_EQ(state.color_to_play(), Color::kWhite);
}

TEST(GoRules, MovesOutOfTurnSwitchTheTurn) {
  GoState state(Rules{.size = 5});
  state.play_as(Color::kWhite, 3);
  state.play_as(Color::kWhite, 4);
  EXPECT_EQ(state.moves().size(), 2u);
  EXPECT_EQ(state.moves()[1].color, Color::kWhite);
  EXPECT_EQ(state.color_to_play(), Color::kBlack);
  // Who took the ko may fill it, and the turn given back does not free the ko's other side.
  GoState ko = state_of(kKo, Color::kBlack);
  play_all(ko, {"C4"});
  EXPECT_EQ(ko.why_illegal(Color::kWhite, *ko.parse_action("B4")).value_or("legal"), "ko");
  EXPECT_FALSE(ko.why_illegal(Color::kBlack, *ko.parse_action("B4")).has_value());
}

TEST(GoRules, AGameHasAnEnd) {
  GoState state(Rules{.size = 2, .ko = Ko::kSimple});
  EXPECT_EQ(state.spec().max_moves, 10);
  Rng rng(1);
  while (!state.over()) {
    std::vector<Action> legal;
    state.legal(legal);
    state.play(legal[0]);  // a stone wherever one may go
  }
  EXPECT_LE(state.moves().size(), 10u);
}

TEST(GoRules, BrokenSetUpsAreErrors) {
  GoState state(Rules{.size = 3});
  const auto message = [&](std::vector<Action> black, std::vector<Action> white) -> std::string {
    try {
      state.set_up(black, white, Color::kBlack);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message({0, 0}, {}), "set-up: A3 is named twice");
  EXPECT_EQ(message({0}, {0}), "set-up: A3 is named twice");
  EXPECT_EQ(message({9}, {}), "set-up: point 9 is not on the board");
  EXPECT_EQ(message({-1}, {}), "set-up: point -1 is not on the board");
  EXPECT_EQ(message({0}, {1, 3}), "set-up: no liberty is left at A2");
  EXPECT_EQ(message({1, 3}, {0}), "set-up: no liberty is left at A3");
  EXPECT_EQ(message({1, 3}, {4}), "accepted");
  EXPECT_EQ(cells_of(state.board()), ".X.XO....");
}

TEST(GoRules, KomiMayChange) {
  GoState state(Rules{.size = 3, .komi = 7.0f});
  const uint64_t before = state.key();
  state.set_komi(0.5f);
  EXPECT_NE(state.key(), before);
  EXPECT_EQ(state.spec().name, "go:ko=positional,komi=0.5,size=3,suicide=no");
  EXPECT_THROW(state.set_komi(0.3f), Error);
  EXPECT_THROW(state.set_komi(151.0f), Error);
  play_all(state, {"B2", "pass", "pass"});
  EXPECT_EQ(state.outcome()->score, 8.5f);
  GoState draw(Rules{.size = 3, .komi = 9.0f});
  play_all(draw, {"B2", "pass", "pass"});
  EXPECT_EQ(draw.outcome()->value, 0.0f);
}

TEST(GoRules, KeysAreEqualWhereThePositionIs) {
  const auto key_after = [](const std::vector<std::string>& moves, Rules rules = {}) {
    GoState state(rules);
    play_all(state, moves);
    return state.key();
  };
  EXPECT_EQ(key_after({"D4", "E5", "C3"}), key_after({"C3", "E5", "D4"}));
  EXPECT_NE(key_after({"D4"}), key_after({"D4", "pass"}));
  EXPECT_NE(key_after({"D4", "E5"}), key_after({"D4", "E5", "C3"}));
  EXPECT_NE(key_after({"D4", "pass"}), key_after({"pass", "D4"}));
  EXPECT_NE(key_after({}), key_after({}, {.komi = 6.5f}));
  EXPECT_NE(key_after({}), key_after({}, {.suicide = true}));

  // The same stones, with and without a ko that forbids.
  GoState fresh_ko = state_of(kKo, Color::kBlack);
  play_all(fresh_ko, {"C4"});
  const GoState old_ko = state_of({". X O . .",  //
                                   "X . X O .",  //
                                   ". X O . .",  //
                                   ". . . . .",  //
                                   ". . . . ."},
                                  Color::kWhite);
  EXPECT_EQ(fresh_ko.board().hash(), old_ko.board().hash());
  EXPECT_NE(fresh_ko.key(), old_ko.key());
}

TEST(GoRules, DrawsTheBoard) {
  GoState state(Rules{.size = 3});
  play_all(state, {"B2", "C3"});
  EXPECT_EQ(state.text(),
            "    A B C\n"
            " 3  . .(O) 3 \n"
            " 2  . X .  2 \n"
            " 1  . . .  1 \n"
            "    A B C\n"
            "last: white C3\n"
            "black (X) to play\n");
}

std::string named(const std::vector<Action>& points, int size) {
  const GoState state(Rules{.size = size});
  std::string text;
  for (const Action a : points) text += state.action_text(a) + " ";
  text.pop_back();
  return text;
}

// The table of the GTP version 2 specification, section 4.1.1.
TEST(Rules, TheLengthOfAGameIsAnOption) {
  const Rules rules = rules_from_options({{"size", "2"}, {"moves", "3"}});
  EXPECT_EQ(options_text(rules), "ko=positional,komi=7,moves=3,size=2,suicide=no");
  GoState state(rules);
  EXPECT_EQ(state.spec().max_moves, 3);
  for (const char* move : {"A1", "pass", "B2"}) {
    EXPECT_FALSE(state.outcome());
    state.play(*state.parse_action(move));
  }
  EXPECT_TRUE(state.outcome());
  EXPECT_THROW(rules_from_options({{"moves", "-1"}}), Error);
}

TEST(Handicap, FollowsTheTableOfTheSpecification) {
  EXPECT_EQ(named(fixed_handicap(19, 2), 19), "D4 Q16");
  EXPECT_EQ(named(fixed_handicap(19, 3), 19), "D4 Q16 D16");
  EXPECT_EQ(named(fixed_handicap(19, 4), 19), "D4 Q16 D16 Q4");
  EXPECT_EQ(named(fixed_handicap(19, 5), 19), "D4 Q16 D16 Q4 K10");
  EXPECT_EQ(named(fixed_handicap(19, 6), 19), "D4 Q16 D16 Q4 D10 Q10");
  EXPECT_EQ(named(fixed_handicap(19, 7), 19), "D4 Q16 D16 Q4 D10 Q10 K10");
  EXPECT_EQ(named(fixed_handicap(19, 8), 19), "D4 Q16 D16 Q4 D10 Q10 K4 K16");
  EXPECT_EQ(named(fixed_handicap(19, 9), 19), "D4 Q16 D16 Q4 D10 Q10 K4 K16 K10");
  EXPECT_EQ(named(fixed_handicap(13, 2), 13), "D4 K10");
  EXPECT_EQ(named(fixed_handicap(9, 5), 9), "C3 G7 C7 G3 E5");
  EXPECT_EQ(named(fixed_handicap(7, 4), 7), "C3 E5 C5 E3");
  EXPECT_EQ(named(fixed_handicap(12, 4), 12), "C3 K10 C10 K3");
  EXPECT_THROW(fixed_handicap(7, 5), Error);
  EXPECT_THROW(fixed_handicap(12, 5), Error);
  EXPECT_THROW(fixed_handicap(19, 10), Error);
  EXPECT_THROW(fixed_handicap(19, 1), Error);
  EXPECT_THROW(fixed_handicap(6, 2), Error);
}

TEST(Handicap, FreeStonesAreDifferentPoints) {
  for (const int size : {2, 3, 5, 8, 9, 19}) {
    for (int stones = 2; stones < std::min(size * size, 30); ++stones) {
      const auto points = free_handicap(size, stones);
      ASSERT_EQ(static_cast<int>(points.size()), stones);
      GoState state(Rules{.size = size});
      state.set_up(points, {}, Color::kWhite);  // distinct, on the board, with liberties
    }
    EXPECT_THROW(free_handicap(size, size * size), Error);
    EXPECT_THROW(free_handicap(size, 1), Error);
  }
  EXPECT_EQ(free_handicap(19, 9), fixed_handicap(19, 9));
}

}  // namespace
}  // namespace tengen::envs::go
