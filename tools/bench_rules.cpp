// `tengen bench rules`: how fast the rules of Go are on one core, superko included.
#include <algorithm>
#include <chrono>
#include <functional>

#include "envs/go/features.h"
#include "envs/go/state.h"
#include "tools/bench.h"

namespace tengen::tools {
namespace {

using envs::Action;
using envs::go::GoState;

constexpr int kRounds = 5;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Median over the rounds of how many units a second `work` does; each call returns its units.
double rate(double seconds, const std::function<int()>& work) {
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    const double start = now_s();
    double elapsed = 0.0;
    int64_t units = 0;
    while (elapsed < seconds / kRounds || units == 0) {
      units += work();
      elapsed = now_s() - start;
    }
    rates.push_back(static_cast<double>(units) / elapsed);
  }
  std::sort(rates.begin(), rates.end());
  return rates[kRounds / 2];
}

// A position half way through a random game, the same in every run.
GoState middle_game(int size) {
  GoState state(envs::go::Rules{.size = size});
  Rng rng(20, static_cast<uint64_t>(size));
  for (int move = 0; move < size * size / 2; ++move) state.play(state.playout_move(rng));
  return state;
}

double playouts_per_s(int size, double seconds) {
  const GoState start(envs::go::Rules{.size = size});
  GoState game = start;
  Rng rng(1, static_cast<uint64_t>(size));
  float wins = 0.0f;
  return rate(seconds, [&] {
    game.copy_from(start);
    while (!game.over()) game.play(game.playout_move(rng));
    wins += game.outcome()->value;
    return 1;
  });
}

// Whole games by legal() and play(), as a search without playouts sees them.
double moves_per_s(int size, double seconds) {
  const GoState start(envs::go::Rules{.size = size});
  GoState game = start;
  Rng rng(2, static_cast<uint64_t>(size));
  std::vector<Action> legal;
  return rate(seconds, [&] {
    game.copy_from(start);
    int moves = 0;
    for (game.legal(legal); !legal.empty(); game.legal(legal), ++moves)
      game.play(legal[rng.below(static_cast<uint32_t>(legal.size()))]);
    return moves;
  });
}

// A visit of the search without its evaluation: copy the root, play down, list the moves.
double descents_per_s(int size, double seconds) {
  constexpr int kDepth = 10;
  const GoState root = middle_game(size);
  GoState leaf = root;
  Rng rng(3, static_cast<uint64_t>(size));
  std::vector<Action> way, legal;
  while (way.size() < kDepth) {
    way.push_back(leaf.playout_move(rng));
    leaf.play(way.back());
  }
  uint64_t keys = 0;
  return rate(seconds, [&] {
    leaf.copy_from(root);
    for (const Action a : way) leaf.play(a);
    leaf.legal(legal);
    keys += leaf.key();
    return 1;
  });
}

double encodings_per_s(int size, double seconds) {
  const GoState state = middle_game(size);
  std::vector<float> planes(static_cast<size_t>(size * size * envs::go::kPlanes));
  int symmetry = 0;
  return rate(seconds, [&] {
    state.encode(symmetry++ & 7, planes.data());
    return 1;
  });
}

}  // namespace

std::vector<Figure> bench_rules(const BenchOptions& options) {
  std::vector<Figure> figures;
  for (const int size : {9, 19}) {
    const std::string board = std::to_string(size) + "x" + std::to_string(size);
    figures.push_back(
        {"random " + board + " playouts", playouts_per_s(size, options.seconds), "playouts/s"});
    figures.push_back({"legal + play " + board, moves_per_s(size, options.seconds), "moves/s"});
    figures.push_back({"copy + 10 moves + legal + key " + board,
                       descents_per_s(size, options.seconds), "descents/s"});
    figures.push_back({"encode " + board, encodings_per_s(size, options.seconds), "positions/s"});
  }
  return figures;
}

}  // namespace tengen::tools
