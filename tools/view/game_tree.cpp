#include "tools/view/game_tree.h"

#include <algorithm>
#include <utility>

#include "envs/go/state.h"
#include "envs/go/vertex.h"
#include "nn/base/check.h"

namespace tengen::tools::view {
namespace {

namespace go = envs::go;
using envs::Action;

// The position with stones set up as an SGF node says: without history, as SGF means it.
go::GoState edited(const go::GoState& before, const go::SgfTreeNode& node) {
  const int area = before.board().area();
  std::vector<go::Color> stones(static_cast<size_t>(area), go::Color::kEmpty);
  for (Action a = 0; a < area; ++a)
    stones[static_cast<size_t>(a)] = before.board()[before.point_of(a)];
  for (const Action a : node.black) stones[static_cast<size_t>(a)] = go::Color::kBlack;
  for (const Action a : node.white) stones[static_cast<size_t>(a)] = go::Color::kWhite;
  for (const Action a : node.empty) stones[static_cast<size_t>(a)] = go::Color::kEmpty;
  std::vector<Action> black, white;
  for (Action a = 0; a < area; ++a) {
    if (stones[static_cast<size_t>(a)] == go::Color::kBlack) black.push_back(a);
    if (stones[static_cast<size_t>(a)] == go::Color::kWhite) white.push_back(a);
  }
  // Handicap stones mean that White begins.
  const bool handicap = node.parent < 0 && black.size() >= 2 && white.empty();
  go::GoState after(before.rules());
  after.set_up(black, white,
               node.to_play.value_or(handicap ? go::Color::kWhite : before.color_to_play()));
  return after;
}

bool sets_up(const go::SgfTreeNode& node) {
  return !node.black.empty() || !node.white.empty() || !node.empty.empty() || node.to_play;
}

void play(envs::State& state, const GameNode& node) {
  if (auto* position = dynamic_cast<go::GoState*>(&state))
    position->play_as(node.player == envs::Player::kFirst ? go::Color::kBlack : go::Color::kWhite,
                      *node.action);
  else
    state.play(*node.action);
}

}  // namespace

GameTree::GameTree(const envs::State& root) {
  GameNode node;
  node.set_up = std::shared_ptr<const envs::State>(root.clone());
  append(-1, std::move(node));
}

GameTree::GameTree(const go::SgfTree& sgf) : fault_(sgf.fault) { add_sgf(sgf); }

void GameTree::add_sgf(const go::SgfTree& sgf) {
  const go::GoState empty(go::rules_of(sgf.game));
  std::vector<int> ours(sgf.nodes.size(), -1);  // our node for each of the text's
  std::unique_ptr<envs::State> last;  // the position of the newest node: mostly the parent's
  for (size_t i = 0; i < sgf.nodes.size(); ++i) {
    const go::SgfTreeNode& from = sgf.nodes[i];
    const int parent = from.parent < 0 ? -1 : ours[static_cast<size_t>(from.parent)];
    if (from.parent >= 0 && parent < 0) continue;  // after a fault
    if (!last || parent != size() - 1) last = parent < 0 ? empty.clone() : position(parent);
    const auto& before = static_cast<const go::GoState&>(*last);
    GameNode node;
    node.comment = from.comment;
    try {
      if (parent < 0 || sets_up(from))
        node.set_up = std::make_shared<go::GoState>(edited(before, from));
      if (from.move) {
        const auto& at = node.set_up ? static_cast<const go::GoState&>(*node.set_up) : before;
        if (const auto why = at.why_illegal(from.move->color, from.move->action))
          throw Error(go::vertex_text(from.move->action, sgf.game.size) + ": " + *why);
        node.action = from.move->action;
        node.player = go::player_of(from.move->color);
      }
    } catch (const Error& error) {
      if (fault_.empty())
        fault_ = "after move " +
                 std::to_string(nodes_[static_cast<size_t>(std::max(0, parent))].move) + ": " +
                 error.what();
      if (parent >= 0) continue;
      node.set_up = std::make_shared<go::GoState>(empty);
    }
    if (node.set_up) last = node.set_up->clone();
    if (node.action) play(*last, node);
    ours[i] = append(parent, std::move(node));
  }
}

int GameTree::append(int parent, GameNode node) {
  const int index = size();
  node.parent = parent;
  if (parent >= 0) {
    GameNode& above = nodes_[static_cast<size_t>(parent)];
    above.children.push_back(index);
    node.move = above.move + (node.action ? 1 : 0);
  }
  nodes_.push_back(std::move(node));
  dots_.clear();
  return index;
}

std::unique_ptr<envs::State> GameTree::position(int index) const {
  std::vector<int> way;  // back to the last set-up
  int at = index;
  for (; !node(at).set_up; at = node(at).parent) way.push_back(at);
  std::unique_ptr<envs::State> state = node(at).set_up->clone();
  if (node(at).action) play(*state, node(at));
  for (auto step = way.rbegin(); step != way.rend(); ++step)
    if (node(*step).action) play(*state, node(*step));
  return state;
}

int GameTree::add(int parent, Action action) {
  const auto state = position(parent);
  for (const int child : node(parent).children)
    if (node(child).action == action && node(child).player == state->to_play()) return child;
  GameNode made;
  made.action = action;
  made.player = state->to_play();
  return append(parent, std::move(made));
}

void GameTree::remove_last() {
  CHECK(size() > 1);
  CHECK(nodes_.back().children.empty());
  std::erase(nodes_[static_cast<size_t>(nodes_.back().parent)].children, size() - 1);
  nodes_.pop_back();
  dots_.clear();
}

std::vector<int> GameTree::line_through(int index) const {
  std::vector<int> line;
  for (int at = index; at >= 0; at = node(at).parent) line.push_back(at);
  std::reverse(line.begin(), line.end());
  while (!node(line.back()).children.empty()) line.push_back(node(line.back()).children.front());
  return line;
}

// Each first child stands in its parent's row; every other child begins the lowest row that is
// free from there to the right. Deep games need no recursion.
void GameTree::lay_out() const {
  std::vector<int> depth(nodes_.size(), 0);
  std::vector<int> reach;  // of each row, the first column that is free, seen from the right
  rows_.assign(nodes_.size(), 0);
  dots_.clear();
  std::vector<int> waiting{0};
  while (!waiting.empty()) {
    const int index = waiting.back();
    waiting.pop_back();
    const GameNode& at = node(index);
    const auto i = static_cast<size_t>(index);
    int row = 0;
    if (at.parent >= 0) {
      const auto parent = static_cast<size_t>(at.parent);
      depth[i] = depth[parent] + 1;
      row = rows_[parent];
      if (node(at.parent).children.front() != index) {
        // The rows below the parent's that no later column uses.
        ++row;
        while (static_cast<size_t>(row) < reach.size() &&
               reach[static_cast<size_t>(row)] >= depth[i])
          ++row;
      }
    }
    rows_[i] = row;
    if (reach.size() <= static_cast<size_t>(row)) reach.resize(static_cast<size_t>(row) + 1, -1);
    reach[static_cast<size_t>(row)] = std::max(reach[static_cast<size_t>(row)], depth[i]);
    dots_.push_back({.node = index,
                     .column = depth[i],
                     .row = row,
                     .parent_row = at.parent < 0 ? -1 : rows_[static_cast<size_t>(at.parent)],
                     .stone = !at.action                          ? 0
                              : at.player == envs::Player::kFirst ? 1
                                                                  : 2,
                     .comment = !at.comment.empty()});
    for (auto child = at.children.rbegin(); child != at.children.rend(); ++child)
      waiting.push_back(*child);
  }
  std::sort(dots_.begin(), dots_.end(), [](const TreeDot& a, const TreeDot& b) {
    return std::pair(a.column, a.row) < std::pair(b.column, b.row);
  });
}

TreeScene GameTree::scene(int now) const {
  if (dots_.empty()) lay_out();
  int column = 0;
  for (int at = now; node(at).parent >= 0; at = node(at).parent) ++column;
  return {dots_, column, rows_[static_cast<size_t>(now)]};
}

}  // namespace tengen::tools::view
