// What a viewer shows: its state as a scene.
#include <fmt/format.h>

#include <algorithm>

#include "envs/go/state.h"
#include "tools/view/board_scene.h"
#include "tools/view/viewer.h"

namespace tengen::tools::view {
namespace {

constexpr double kShownShare = 0.01;  // of the most visits: moves below are not drawn

int stone_of(envs::Player player) { return player == envs::Player::kFirst ? 1 : 2; }

}  // namespace

bool Viewer::judged() const { return judgement_.has_value() && !judgement_->policy.empty(); }

BoardScene Viewer::board() const {
  BoardScene board = board_scene(*state_);
  board.coordinates = coordinates_;
  const GameNode& at = tree_.node(node_);
  if (at.action && is_point(*state_, *at.action)) board.last = *at.action;
  if (numbers_) {
    board.numbers.assign(board.stones.size(), 0);
    for (const int node : line_) {
      const GameNode& moved = tree_.node(node);
      if (moved.action && is_point(*state_, *moved.action))
        board.numbers[static_cast<size_t>(*moved.action)] = moved.move;
      if (node == node_) break;
    }
  }
  board.dead.assign(board.stones.size(), 0);
  for (const envs::Action point : dead_) board.dead[static_cast<size_t>(point)] = 1;
  if (judged()) add_judgement(board);
  const int point = layout().board.contains(mouse_) ? point_at(layout().board, board, mouse_) : -1;
  if (point >= 0 && board.stones[static_cast<size_t>(point)] == 0 && persons_turn() &&
      over_.empty())
    board.hover = point;
  return board;
}

void Viewer::add_judgement(BoardScene& board) const {
  const auto& moves = judgement_->report.moves;
  const size_t points = board.stones.size();
  if (policy_ && !thinks_)
    board.policy.assign(judgement_->policy.begin(),
                        judgement_->policy.begin() + static_cast<ptrdiff_t>(points));
  if (ownership_) board.ownership = judgement_->ownership;
  if ((!analysis_ && !hint_) || policy_ || moves.empty()) return;
  const double most = std::max(1, moves.front().visits);
  for (const search::MoveStats& move : moves) {
    if (move.visits < kShownShare * most || (hint_ && !analysis_ && !board.candidates.empty()))
      break;
    board.candidates.push_back({is_point(*state_, move.action) ? move.action : -1, move.visits,
                                move.visits / most, (move.value + 1) / 2});
  }
  // The line that is expected, where the mouse is on its first move.
  const int under = layout().board.contains(mouse_) ? point_at(layout().board, board, mouse_) : -1;
  const auto& line = judgement_->report.principal_variation;
  if (line.empty() || under < 0 || line.front() != under) return;
  envs::Player player = state_->to_play();
  for (size_t i = 0; i < line.size() && i < 12; ++i, player = envs::opponent(player)) {
    const bool taken = std::any_of(board.ghosts.begin(), board.ghosts.end(),
                                   [&](const GhostStone& ghost) { return ghost.point == line[i]; });
    if (is_point(*state_, line[i]) && !taken && board.stones[static_cast<size_t>(line[i])] == 0)
      board.ghosts.push_back({line[i], stone_of(player), static_cast<int>(i) + 1});
  }
}

std::string Viewer::status() const {
  if (!over_.empty()) return over_;
  if (thinks_) return "The engine is thinking …";
  if (!judged() || (!analysis_ && !hint_)) return "";
  return fmt::format("{} visits, {:.0f} a second", judgement_->report.visits,
                     judgement_->visits_per_s);
}

std::vector<PanelLine> Viewer::panel() const {
  using Kind = PanelLine::Kind;
  std::vector<PanelLine> lines{{Kind::kTitle, options_.title}};
  lines.insert(lines.end(), options_.about.begin(), options_.about.end());
  const GameNode& at = tree_.node(node_);
  std::string move = fmt::format("Move {}", at.move);
  if (at.action) move += ": " + state_->action_text(*at.action);
  lines.push_back({Kind::kText, move, at.action ? stone_of(at.player) : 0});
  if (const auto* go = dynamic_cast<const envs::go::GoState*>(state_.get())) {
    int black = 0, white = 0;  // stones taken, by counting what was played and still stands
    for (const envs::go::Move& played : go->moves()) {
      if (played.point == envs::go::Point::kNone) continue;
      (played.color == envs::go::Color::kBlack ? black : white) += 1;
    }
    black += static_cast<int>(go->game().black.size());
    white += static_cast<int>(go->game().white.size());
    for (int point = 0; point < go->board().area(); ++point) {
      const auto color = go->board()[go->point_of(point)];
      black -= color == envs::go::Color::kBlack;
      white -= color == envs::go::Color::kWhite;
    }
    lines.push_back({Kind::kQuiet, fmt::format("taken: {} black, {} white", black, white)});
  }
  if (over_.empty() && !options_.result.empty())
    lines.push_back({Kind::kQuiet, "Result of the game: " + options_.result});
  if (over_.empty())
    lines.push_back({Kind::kText, options_.match ? (persons_turn() ? "Your turn" : "") : "to play",
                     stone_of(state_->to_play())});
  if (judged() && (analysis_ || hint_)) {
    const auto& report = judgement_->report;
    const float sign = state_->to_play() == envs::Player::kFirst ? 1.0f : -1.0f;
    const double black = (sign * report.value + 1) / 2;
    lines.push_back({Kind::kStrong,
                     fmt::format("{} {:.1f} %   {:+.1f} points", black >= 0.5 ? "Black" : "White",
                                 100 * std::max(black, 1 - black),
                                 black >= 0.5 ? sign * report.score : -sign * report.score)});
    std::string best;
    for (size_t i = 0; i < report.principal_variation.size() && i < 6; ++i)
      best += state_->action_text(report.principal_variation[i]) + " ";
    lines.push_back({Kind::kText, best});
  }
  if (const std::string text = status(); !text.empty())
    lines.push_back({over_.empty() ? Kind::kQuiet : Kind::kStrong, text});
  return lines;
}

Scene Viewer::scene() const {
  Scene scene;
  scene.board = board();
  scene.panel = panel();
  scene.comment = lesson_.empty() ? tree_.node(node_).comment : lesson_;
  scene.tree = tree_.scene(node_);
  scene.moves = moves();
  scene.move = static_cast<int>(std::find(line_.begin(), line_.end(), node_) - line_.begin());
  for (const int node : line_) {
    const auto known = known_.find(node);
    const bool is = known != known_.end();
    scene.graph.win_rate.push_back(is ? std::optional(known->second.win_rate) : std::nullopt);
    scene.graph.score.push_back(is ? std::optional(known->second.score) : std::nullopt);
  }
  scene.graph.now = scene.move;
  scene.banner = !engine_.trouble().empty() ? engine_.trouble() : tree_.fault();
  scene.hint = "F1 help";
  if (help_) scene.help = help_lines(options_.match.has_value());
  return scene;
}

}  // namespace tengen::tools::view
