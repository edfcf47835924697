#include "tools/view/viewer.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/dead_stones.h"
#include "envs/go/score.h"
#include "envs/go/state.h"
#include "tools/view/board_scene.h"

namespace tengen::tools::view {
namespace {

constexpr int kTeachingVisits = 100;  // of a judgement that a lesson rests on

float chance(float value) { return (value + 1) / 2; }

}  // namespace

Viewer::Viewer(GameTree tree, const ViewerOptions& options, Engine& engine)
    : tree_(std::move(tree)), options_(options), engine_(engine), analysis_(options.analysis) {
  go_to(0);
}

void Viewer::go_to(int node) {
  node_ = node;
  line_ = tree_.line_through(node);
  state_ = tree_.position(node);
  hint_ = false;
  over_.clear();
  dead_.clear();
  count_if_over();
  if (!options_.match) look_over_line();
  think_on();
}

// Two passes: dead stones go, then the area counts.
void Viewer::count_if_over() {
  const auto outcome = state_->outcome();
  if (!outcome) return;
  if (const auto* go = dynamic_cast<const envs::go::GoState*>(state_.get())) {
    dead_ = agents::judge_dead(*go);
    over_ = "Result by area: " + envs::go::result_text(envs::go::score_without_dead(*go, dead_));
  } else {
    over_ = outcome->value > 0   ? "The first player has won"
            : outcome->value < 0 ? "The second player has won"
                                 : "A draw";
  }
}

void Viewer::think_on() {
  judgement_.reset();
  thinks_ =
      options_.match && !persons_turn() && over_.empty() && tree_.node(node_).children.empty();
  if (thinks_) {
    engine_.choose(*state_, options_.match->level, options_.match->seed);
  } else if ((analysis_ || policy_ || ownership_ || hint_ || teach_) && !state_->outcome()) {
    asked_ = engine_.analyse(*state_);
  } else {
    engine_.rest();
  }
}

bool Viewer::line_known() const {
  return std::all_of(line_.begin(), line_.end(), [&](int node) { return known_.contains(node); });
}

bool Viewer::quiet() const {
  return !thinks_ && (options_.match || line_known() || !engine_.trouble().empty());
}

// The graph's first numbers, where there are none yet.
void Viewer::look_over_line() {
  if (line_known()) return;
  std::vector<std::unique_ptr<envs::State>> positions;
  for (const int node : line_) positions.push_back(tree_.position(node));
  looked_over_ = line_;
  engine_.look_over(std::move(positions));
}

bool Viewer::persons_turn() const {
  return !options_.match || state_->to_play() == options_.match->person;
}

bool Viewer::judged_by(int visits) const {
  const bool asked = analysis_ || policy_ || ownership_ || hint_ || teach_;
  if (!asked || state_->outcome() || !engine_.trouble().empty()) return true;
  return judgement_ && judgement_->report.visits >= visits;
}

bool Viewer::look() {
  const uint64_t news = engine_.news();
  if (news == news_) return false;
  news_ = news;
  const std::vector<Impression> impressions = engine_.looked_over();
  if (impressions.size() == looked_over_.size())
    for (size_t i = 0; i < looked_over_.size(); ++i)
      known_.try_emplace(looked_over_[i],
                         Known{chance(impressions[i].value), impressions[i].score, 1});
  if (auto judgement = engine_.judgement(); judgement && judgement->position == asked_)
    note(*judgement);
  if (!thinks_) return true;
  if (const auto chosen = engine_.chosen()) {
    thinks_ = false;
    known_[node_] = {chance(chosen->impression.value), chosen->impression.score, 1};
    play(chosen->action);
  }
  return true;
}

void Viewer::note(const Judgement& judgement) {
  judgement_ = judgement;
  const float sign = state_->to_play() == envs::Player::kFirst ? 1.0f : -1.0f;
  const Known known{chance(sign * judgement.report.value), sign * judgement.report.score,
                    judgement.report.visits};
  const auto found = known_.find(node_);
  if (found == known_.end() || found->second.visits <= known.visits) known_[node_] = known;
}

// Against the best that the search had found: if it looked at the move at all, by its value there.
void Viewer::tell_loss(int after) {
  lesson_.clear();
  if (!teach_ || !judgement_ || judgement_->report.visits < kTeachingVisits) return;
  const auto& moves = judgement_->report.moves;
  const auto played = std::find_if(moves.begin(), moves.end(), [&](const search::MoveStats& move) {
    return move.action == tree_.node(after).action;
  });
  const std::string best = state_->action_text(moves.front().action);
  if (played == moves.end() || played->visits < 2) {
    lesson_ = fmt::format("The search would not have looked there; it likes {}.", best);
  } else {
    const double lost = 100 * (chance(moves.front().value) - chance(played->value));
    lesson_ = lost < 1.0 ? "A good move."
                         : fmt::format("This move lost {:.0f} % of the chances; {} was better.",
                                       lost, best);
  }
}

void Viewer::play(envs::Action action) {
  std::vector<envs::Action> legal;
  state_->legal(legal);
  if (!std::binary_search(legal.begin(), legal.end(), action)) return;
  const int after = tree_.add(node_, action);
  if (persons_turn()) tell_loss(after);
  go_to(after);
}

void Viewer::pass() {
  std::vector<envs::Action> legal;
  state_->legal(legal);
  if (!legal.empty() && !is_point(*state_, legal.back()) && persons_turn()) play(legal.back());
}

// The mouse's place on the board is the cursor; it begins in the middle.
void Viewer::move_cursor(int columns, int rows) {
  const BoardScene board = this->board();
  const int under = layout().board.contains(mouse_) ? point_at(layout().board, board, mouse_) : -1;
  int column = board.width / 2, row = board.height / 2;
  if (under >= 0) {
    column = std::clamp(under % board.width + columns, 0, board.width - 1);
    row = std::clamp(under / board.width + rows, 0, board.height - 1);
  }
  mouse_ = grid_of(layout().board, board).centre(board, row * board.width + column);
}

// Back to where the person is to move again; what was played then is forgotten.
void Viewer::undo() {
  if (!options_.match) return;
  int node = node_;
  do {
    if (tree_.node(node).parent < 0) break;
    node = tree_.node(node).parent;
  } while (tree_.position(node)->to_play() != options_.match->person);
  if (tree_.position(node)->to_play() != options_.match->person) return;
  while (tree_.size() - 1 > node && tree_.node(tree_.size() - 1).children.empty())
    tree_.remove_last();
  std::erase_if(known_, [&](const auto& known) { return known.first >= tree_.size(); });
  lesson_.clear();
  go_to(node);
}

void Viewer::resign() {
  if (!options_.match || !over_.empty()) return;
  over_ = options_.match->person == envs::Player::kFirst ? "White wins: Black has resigned"
                                                         : "Black wins: White has resigned";
  thinks_ = false;
  engine_.rest();
}

void Viewer::walk(int moves) {
  const auto at = std::find(line_.begin(), line_.end(), node_) - line_.begin();
  go_to_move(static_cast<int>(at) + moves);
}

void Viewer::go_to_move(int move) {
  const int node = line_[static_cast<size_t>(std::clamp(move, 0, moves()))];
  if (node != node_) go_to(node);
}

void Viewer::change_variation(int by) {
  // Of the nearest branch at or before this node.
  for (int at = node_; tree_.node(at).parent >= 0; at = tree_.node(at).parent) {
    const auto& children = tree_.node(tree_.node(at).parent).children;
    if (children.size() < 2) continue;
    const auto here = std::find(children.begin(), children.end(), at) - children.begin();
    const auto there = std::clamp<int64_t>(here + by, 0, static_cast<int64_t>(children.size()) - 1);
    if (there != here) go_to(children[static_cast<size_t>(there)]);
    return;
  }
}

void Viewer::mouse_drags(Point at) {
  mouse_ = at;
  const int move = move_at(layout().timeline, moves(), at);
  if (move >= 0) go_to_move(move);
}

void Viewer::mouse_clicks(Point at) {
  mouse_ = at;
  if (help_) {
    help_ = false;
    return;
  }
  const int move = move_at(layout().timeline, moves(), at);
  const int node =
      node_at(layout().tree.inset(6 * layout().unit), tree_.scene(node_), layout().unit, at);
  if (move >= 0) return go_to_move(move);
  if (node >= 0) return go_to(node);
  const int point = layout().board.contains(at) ? point_at(layout().board, board(), at) : -1;
  if (point >= 0 && persons_turn() && over_.empty()) play(point);
}

void Viewer::command(Command command) {
  if (help_ && command != Command::kQuit) {
    help_ = false;
    if (command == Command::kHelp) return;
  }
  const auto toggle = [&](bool& flag) {
    flag = !flag;
    think_on();
  };
  switch (command) {
    case Command::kNext:
      return walk(1);
    case Command::kBack:
      return walk(-1);
    case Command::kNextTen:
      return walk(10);
    case Command::kBackTen:
      return walk(-10);
    case Command::kFirst:
      return go_to_move(0);
    case Command::kLast:
      return go_to_move(moves());
    case Command::kNextVariation:
      return change_variation(1);
    case Command::kLastVariation:
      return change_variation(-1);
    case Command::kAnalysis:
      return toggle(analysis_);
    case Command::kPolicy:
      return toggle(policy_);
    case Command::kOwnership:
      return toggle(ownership_);
    case Command::kHint:
      return toggle(hint_);
    case Command::kTeach:
      return toggle(teach_);
    case Command::kNumbers:
      numbers_ = !numbers_;
      return;
    case Command::kCoordinates:
      coordinates_ = !coordinates_;
      return;
    case Command::kCursorLeft:
      return move_cursor(-1, 0);
    case Command::kCursorRight:
      return move_cursor(1, 0);
    case Command::kCursorUp:
      return move_cursor(0, -1);
    case Command::kCursorDown:
      return move_cursor(0, 1);
    case Command::kPlace:
      return mouse_clicks(mouse_);
    case Command::kPass:
      return pass();
    case Command::kUndo:
      return undo();
    case Command::kResign:
      return resign();
    case Command::kHelp:
      help_ = true;
      return;
    case Command::kQuit:
      closed_ = true;
      return;
    case Command::kSave:
    case Command::kFullScreen:
      return;  // the window's own
  }
}

}  // namespace tengen::tools::view
