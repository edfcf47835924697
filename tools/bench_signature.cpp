// `tengen bench signature`: one number for what the rules, the features and the search do.
//
// Every game is played on by its own playout moves; some positions on the way are searched by one
// task with the hash evaluator. Everything seen is folded into 64 bits. A change that should not
// change play keeps the number; compilers and processors cannot change it.
#include <bit>
#include <cstdio>
#include <memory>
#include <vector>

#include "envs/games.h"
#include "nn/base/rng.h"
#include "search/drive.h"
#include "search/stand_ins.h"
#include "tools/bench.h"

namespace tengen::tools {

namespace {

constexpr uint64_t kSeed = 361;
constexpr int kVisits = 600;
constexpr int kMovesBetween = 12;  // from one searched position to the next

class Fold {
 public:
  void add(uint64_t x) { hash_ = mix64(hash_ ^ mix64(x + 1)); }
  void add(int x) { add(static_cast<uint64_t>(static_cast<int64_t>(x))); }
  void add(float x) { add(uint64_t{std::bit_cast<uint32_t>(x + 0.0f)}); }  // -0 is 0
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0;
};

void fold_position(const envs::State& state, Fold& fold) {
  const envs::GameSpec& spec = state.spec();
  fold.add(state.key());
  fold.add(static_cast<int>(state.to_play()));
  std::vector<envs::Action> legal;
  state.legal(legal);
  for (const envs::Action action : legal) fold.add(action);
  std::vector<float> planes(static_cast<size_t>(spec.height * spec.width * spec.planes));
  for (int s = 0; s < static_cast<int>(spec.symmetries.size()); ++s) {
    state.encode(s, planes.data());
    for (const float x : planes) fold.add(x);
  }
}

void fold_search(const envs::State& state, Fold& fold) {
  search::HashEvaluator evaluator;
  search::Search search(state, {}, kSeed);
  search::drive(search, evaluator, {.visits = kVisits},
                {.rows_per_wave = 1, .stop_when_decided = false});
  for (const search::MoveStats& move : search.report().moves) {
    fold.add(move.action);
    fold.add(move.visits);
  }
}

void fold_game(const std::string& name, uint64_t number, Fold& fold) {
  const std::unique_ptr<envs::State> state = envs::new_game(name);
  Rng rng(kSeed, number);
  for (int moves = 0; !state->outcome(); ++moves) {
    fold.add(state->key());
    if (moves % kMovesBetween == 0) {
      fold_position(*state, fold);
      fold_search(*state, fold);
    }
    state->play(state->playout_move(rng));
  }
  fold.add(state->outcome()->value);
  fold.add(state->outcome()->score);
  std::vector<float> owners(static_cast<size_t>(state->spec().height * state->spec().width));
  state->ownership(owners);
  for (const float x : owners) fold.add(x);
}

}  // namespace

std::string bench_signature() {
  Fold fold;
  uint64_t number = 0;
  for (const std::string& name : envs::game_names()) fold_game(name, number++, fold);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(fold.hash()));
  return text;
}

}  // namespace tengen::tools
