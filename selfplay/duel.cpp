#include "selfplay/duel.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "envs/games.h"
#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "search/drive.h"
#include "search/search.h"
#include "selfplay/actor.h"

namespace tengen::selfplay {
namespace {

// One game: a tree for each side, both at the same position.
struct Board {
  std::unique_ptr<search::Search> trees[2];  // of a, of b
  Rng rng{0};
  int plies = 0;
  bool a_first = true;

  const envs::State& state() const { return trees[0]->root(); }
  bool over() const { return state().outcome().has_value(); }
  int to_play() const {  // 0 when it is a's turn
    return (state().to_play() == envs::Player::kFirst) == a_first ? 0 : 1;
  }
};

envs::Action choose(Board& board, const search::Report& report, int opening_plies) {
  if (board.plies >= opening_plies) return report.moves.front().action;
  std::vector<float> weights;
  for (const search::MoveStats& move : report.moves)
    weights.push_back(static_cast<float>(move.visits) + 0.01f);
  return report.moves[static_cast<size_t>(board.rng.pick(weights))].action;
}

// Every game in which it is `side`'s turn goes on by one move.
void play_side(std::vector<Board>& boards, int side, search::Evaluator& evaluator,
               const DuelOptions& options, const std::atomic<bool>& stop) {
  std::vector<Board*> turn;
  std::vector<search::Search*> trees;
  std::vector<int> targets;
  for (Board& board : boards) {
    if (board.over() || board.to_play() != side) continue;
    turn.push_back(&board);
    trees.push_back(board.trees[side].get());
    targets.push_back(std::max(options.visits, trees.back()->visits() + 1));
  }
  if (turn.empty()) return;
  const auto on_ready = [&](int i) {
    Board& board = *turn[static_cast<size_t>(i)];
    const auto action = choose(board, board.trees[side]->report(), options.opening_plies);
    for (auto& tree : board.trees) tree->advance(action);
    ++board.plies;
    return 0;
  };
  search::DriveOptions drive_options;
  drive_options.stop = &stop;
  search::drive(trees, evaluator, on_ready, targets, drive_options);
}

}  // namespace

double DuelResult::elo() const {
  const double mean = (wins + 0.5 * draws + 0.5) / (games() + 1.0);
  return 400.0 * std::log10(mean / (1.0 - mean));
}

DuelResult duel(search::Evaluator& a, search::Evaluator& b, const DuelOptions& options,
                const std::atomic<bool>& stop) {
  const auto start = envs::new_game(options.game);
  search::SearchOptions search = options.search;
  search.memory_mib = tree_mib(options.visits, start->spec().actions);
  std::vector<Board> boards(static_cast<size_t>(options.games));
  for (size_t i = 0; i < boards.size(); ++i) {
    for (auto& tree : boards[i].trees)
      tree = std::make_unique<search::Search>(*start, search, options.seed + i);
    boards[i].rng = Rng(options.seed, i);
    boards[i].a_first = i % 2 == 0;
  }
  const auto going_on = [&] {
    for (const Board& board : boards)
      if (!board.over()) return true;
    return false;
  };
  while (!stop && going_on()) {
    play_side(boards, 0, a, options, stop);
    play_side(boards, 1, b, options, stop);
  }
  DuelResult result;
  for (const Board& board : boards) {
    if (!board.over()) continue;
    const float value = board.state().outcome()->value * (board.a_first ? 1.0f : -1.0f);
    ++(value > 0 ? result.wins : value < 0 ? result.losses : result.draws);
  }
  return result;
}

}  // namespace tengen::selfplay
