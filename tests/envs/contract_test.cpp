// One contract for every game: what envs/state.h promises, on random games.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "envs/games.h"
#include "nn/base/check.h"

namespace tengen::envs {
namespace {

std::vector<std::string> variants() {
  std::vector<std::string> all = game_names();
  for (const char* go :
       {"go:size=2,komi=0.5", "go:size=3,komi=0", "go:size=5,rules=tromp-taylor",
        "go:size=5,ko=simple", "go:size=6,rules=new-zealand", "go:size=7,rules=aga",
        "go:size=13,komi=-3.5", "go:size=19,rules=chinese", "go:size=25"})
    all.push_back(go);
  return all;
}

// Everything that can be asked of a state, in a form that can be compared.
struct Seen {
  std::vector<Action> legal;
  std::vector<float> planes;
  uint64_t key;
  std::string text;
  bool operator==(const Seen&) const = default;
};

Seen look(const State& state, int symmetry = 0) {
  const GameSpec& spec = state.spec();
  Seen seen;
  state.legal(seen.legal);
  seen.planes.resize(static_cast<size_t>(spec.height * spec.width * spec.planes), -9.0f);
  state.encode(symmetry, seen.planes.data());
  seen.key = state.key();
  seen.text = state.text();
  return seen;
}

class Contract : public ::testing::TestWithParam<std::string> {
 protected:
  // Half the moves come from legal(), half from playout_move, which must be legal too.
  static Action random_move(const State& state, const std::vector<Action>& legal, Rng& rng) {
    if (rng.below(2) == 0) return legal[rng.below(static_cast<uint32_t>(legal.size()))];
    const Action action = state.playout_move(rng);
    EXPECT_TRUE(std::binary_search(legal.begin(), legal.end(), action));
    return action;
  }
};

TEST_P(Contract, SpecNameIsCanonical) {
  const auto state = new_game(GetParam());
  EXPECT_EQ(new_game(state->spec().name)->spec().name, state->spec().name);
}

TEST_P(Contract, RandomGamesKeepThePromises) {
  const auto start = new_game(GetParam());
  const GameSpec& spec = start->spec();
  const int games = spec.actions > 100 ? 2 : 12;
  const auto reused = new_game(GetParam());
  for (int game = 0; game < games; ++game) {
    Rng rng(7, static_cast<uint64_t>(game));
    const auto state = start->clone();
    int moves = 0;
    Player expected = state->to_play();
    std::vector<Action> legal;
    for (state->legal(legal); !legal.empty(); state->legal(legal)) {
      ASSERT_FALSE(state->outcome().has_value());
      ASSERT_EQ(state->to_play(), expected);
      ASSERT_TRUE(std::is_sorted(legal.begin(), legal.end()));
      ASSERT_EQ(std::adjacent_find(legal.begin(), legal.end()), legal.end());
      ASSERT_GE(legal.front(), 0);
      ASSERT_LT(legal.back(), spec.actions);

      const auto before = state->clone();
      reused->copy_from(*state);
      const Action action = random_move(*state, legal, rng);
      state->play(action);
      ASSERT_EQ(look(*before), look(*reused)) << "a copy changed with its original";
      reused->play(action);
      ASSERT_EQ(look(*reused), look(*state)) << "a copy plays differently";
      expected = opponent(expected);
      ++moves;
    }
    ASSERT_TRUE(state->outcome().has_value());
    EXPECT_LE(moves, spec.max_moves);
    EXPECT_LE(std::abs(state->outcome()->value), 1.0f);
    std::vector<float> owners(static_cast<size_t>(spec.height * spec.width), 5.0f);
    state->ownership(owners);
    for (const float owner : owners) EXPECT_LE(std::abs(owner), 1.0f);
    EXPECT_THROW(state->play(0), CheckFailure);
  }
}

TEST_P(Contract, IllegalActionsAreRefused) {
  const auto state = new_game(GetParam());
  Rng rng(3);
  std::vector<Action> legal;
  for (int move = 0; move < 40; ++move) {
    state->legal(legal);
    if (legal.empty()) break;
    for (Action a = -1; a <= state->spec().actions; ++a)
      if (!std::binary_search(legal.begin(), legal.end(), a)) {
        ASSERT_THROW(state->clone()->play(a), CheckFailure);
      }
    state->play(random_move(*state, legal, rng));
  }
}

TEST_P(Contract, SymmetriesPermuteActions) {
  const auto state = new_game(GetParam());
  const GameSpec& spec = state->spec();
  ASSERT_FALSE(spec.symmetries.empty());
  std::set<std::vector<Action>> different;
  for (const auto& table : spec.symmetries) {
    ASSERT_EQ(static_cast<int>(table.size()), spec.actions);
    std::set<Action> images(table.begin(), table.end());
    EXPECT_EQ(static_cast<int>(images.size()), spec.actions);
    EXPECT_EQ(*images.begin(), 0);
    EXPECT_EQ(*images.rbegin(), spec.actions - 1);
    different.insert(table);
  }
  EXPECT_EQ(different.size(), spec.symmetries.size());
  for (Action a = 0; a < spec.actions; ++a)
    EXPECT_EQ(spec.symmetries[0][static_cast<size_t>(a)], a);
}

// Playing the images of the moves gives the image of the position.
TEST_P(Contract, SymmetriesCommuteWithPlay) {
  const auto start = new_game(GetParam());
  const GameSpec& spec = start->spec();
  for (size_t s = 0; s < spec.symmetries.size(); ++s) {
    Rng rng(11, s);
    const auto state = start->clone();
    const auto image = start->clone();
    std::vector<Action> legal;
    state->legal(legal);
    for (int move = 0; !legal.empty(); ++move) {
      if (spec.actions < 100 || move % 16 == 0) {
        ASSERT_EQ(look(*state, static_cast<int>(s)).planes, look(*image).planes);
        std::vector<Action> mapped, theirs;
        for (const Action a : legal) mapped.push_back(spec.symmetries[s][static_cast<size_t>(a)]);
        std::sort(mapped.begin(), mapped.end());
        image->legal(theirs);
        ASSERT_EQ(mapped, theirs);
      }
      const Action action = random_move(*state, legal, rng);
      state->play(action);
      image->play(spec.symmetries[s][static_cast<size_t>(action)]);
      state->legal(legal);
    }
    ASSERT_EQ(state->outcome()->value, image->outcome()->value);
    ASSERT_EQ(state->outcome()->score, image->outcome()->score);
  }
}

TEST_P(Contract, ActionTextReadsBack) {
  const auto state = new_game(GetParam());
  std::set<std::string> names;
  for (Action a = 0; a < state->spec().actions; ++a) {
    const std::string text = state->action_text(a);
    names.insert(text);
    EXPECT_EQ(state->parse_action(text), a);
    std::string lower = text;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_EQ(state->parse_action(lower), a);
  }
  EXPECT_EQ(static_cast<int>(names.size()), state->spec().actions);
  for (const char* nonsense : {"", "x", "pas", "A0", "A99", "A-1", "A1 ", "A1x", "1A", "\xff\xfe"})
    EXPECT_FALSE(state->parse_action(nonsense).has_value()) << nonsense;
}

INSTANTIATE_TEST_SUITE_P(Games, Contract, ::testing::ValuesIn(variants()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

TEST(Games, UnknownNamesAndOptionsListTheKnownOnes) {
  const auto message = [](const std::string& description) -> std::string {
    try {
      new_game(description);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("chess"), "unknown game \"chess\"; known: go tictactoe");
  EXPECT_EQ(message("go:foo=1"), "go: unknown option foo; known: ko komi moves rules size suicide");
  EXPECT_EQ(message("go:size=26"), "go: size=26 is not a number from 2 to 25");
  EXPECT_EQ(message("go:size=1"), "go: size=1 is not a number from 2 to 25");
  EXPECT_EQ(message("go:size=9x"), "go: size=9x is not a number from 2 to 25");
  EXPECT_EQ(message("go:komi=7.3"), "go: komi=7.3 is not a multiple of 0.5 from -150 to 150");
  EXPECT_EQ(message("go:komi=nan"), "go: komi=nan is not a multiple of 0.5 from -150 to 150");
  EXPECT_EQ(message("go:komi=1e9"), "go: komi=1e9 is not a multiple of 0.5 from -150 to 150");
  EXPECT_EQ(message("go:rules=ing"),
            "go: unknown rules=ing; known: tromp-taylor chinese aga new-zealand simple-ko");
  EXPECT_EQ(message("go:ko=x"), "go: unknown ko=x; known: simple positional situational");
  EXPECT_EQ(message("go:suicide=1"), "go: unknown suicide=1; known: yes no");
  EXPECT_EQ(message("go:size"), "go: expected option=value, found \"size\"");
  EXPECT_EQ(message("go:size=9,size=9"), "go: option size is given twice");
  EXPECT_EQ(message("tictactoe:size=3"), "tictactoe: unknown option size; it has no options");
  EXPECT_EQ(new_game("go")->spec().name, "go:ko=positional,komi=7,size=9,suicide=no");
  EXPECT_EQ(new_game("go:size=9,komi=7.5,rules=tromp-taylor")->spec().name,
            "go:ko=positional,komi=7.5,size=9,suicide=yes");
  EXPECT_EQ(new_game("go:rules=tromp-taylor,suicide=no,komi=-0")->spec().name,
            "go:ko=positional,komi=0,size=9,suicide=no");
}

}  // namespace
}  // namespace tengen::envs
