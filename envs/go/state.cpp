#include "envs/go/state.h"

#include <array>
#include <utility>

#include "envs/go/area.h"
#include "envs/go/features.h"
#include "envs/go/vertex.h"
#include "envs/symmetry.h"
#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

GameSpec make_spec(const Rules& rules) {
  GameSpec spec;
  spec.name = "go:" + options_text(rules);
  spec.height = spec.width = rules.size;
  spec.planes = kPlanes;
  spec.actions = rules.size * rules.size + 1;
  spec.max_moves = move_limit(rules);
  spec.symmetries = square_symmetries(rules.size, true);
  return spec;
}

const char* reason(Legality legality) {
  switch (legality) {
    case Legality::kGameOver:
      return "the game is over";
    case Legality::kOccupied:
      return "occupied";
    case Legality::kSuicide:
      return "suicide";
    case Legality::kKo:
      return "ko";
    case Legality::kSuperko:
      return "superko: the position stood before";
    case Legality::kLegal:
      break;
  }
  return "legal";
}

}  // namespace

GoState::GoState(const Rules& rules)
    : game_(std::make_shared<GoGame>(GoGame{.rules = rules, .spec = make_spec(rules)})),
      board_(rules.size),
      history_(2 * board_.area()) {
  CHECK(rules.size >= 2);
  CHECK(is_komi(static_cast<double>(rules.komi)));
  record();
}

void GoState::copy_from(const State& other) {
  const auto& from = static_cast<const GoState&>(other);
  // Most copies are within one search, where the game is the same object: no reference is counted.
  if (game_ != from.game_) {
    CHECK(spec().name.substr(0, 3) == other.spec().name.substr(0, 3));
    game_ = from.game_;
  }
  board_ = from.board_;
  history_ = from.history_;
  moves_ = from.moves_;
  to_play_ = from.to_play_;
  ko_ = from.ko_;
  passes_ = from.passes_;
}

bool GoState::over() const {
  return passes_ >= 2 || static_cast<int>(moves_.size()) >= game_->spec.max_moves;
}

// What superko must not see twice: the stones, and for the situational rule also who is next.
uint64_t GoState::situation(uint64_t stones, Color next) const {
  const bool tagged = game_->rules.ko == Ko::kSituational && next == Color::kWhite;
  return tagged ? ~stones : stones;
}

void GoState::record() {
  if (game_->rules.ko != Ko::kSimple) history_.add(situation(board_.hash(), to_play_));
}

bool GoState::repeats(Point p) const {
  if (game_->rules.ko == Ko::kSimple) return false;
  return history_.contains(situation(board_.hash_after(p, to_play_), opponent(to_play_)));
}

// Whether the rules let the player to move take point p. Without a look at superko where the
// stone cannot complete an old position: it never stood there before.
Legality GoState::check(Point p) const {
  if (board_[p] != Color::kEmpty) return Legality::kOccupied;
  const bool suicide = board_.is_suicide(p, to_play_);
  if (suicide) {
    bool alone = true;
    for (const Point q : board_.neighbours(p)) alone = alone && board_[q] != to_play_;
    if (alone || !game_->rules.suicide) return Legality::kSuicide;
  }
  if (p == ko_) return Legality::kKo;
  if ((suicide || board_.was_removed(p, to_play_)) && repeats(p)) return Legality::kSuperko;
  return Legality::kLegal;
}

void GoState::legal(std::vector<Action>& out) const {
  out.clear();
  if (over()) return;
  const int size = board_.size();
  Action action = 0;
  for (int row = 0; row < size; ++row) {
    Point p = board_.point(row, 0);
    for (int column = 0; column < size; ++column, ++action, p = p + 1)
      if (check(p) == Legality::kLegal) out.push_back(action);
  }
  out.push_back(pass_action());
}

void GoState::play(Action action) {
  CHECK(!over());
  CHECK(action >= 0);
  CHECK(action <= pass_action());
  const Point p = point_of(action);
  const Color color = to_play_;
  Point ko = Point::kNone;
  if (p == Point::kNone) {
    ++passes_;
  } else {
    const Legality legality = check(p);
    if (legality != Legality::kLegal)
      throw CheckFailure("go: " + action_text(action) + " is illegal: " + reason(legality));
    passes_ = 0;
    const int captured = board_.play(p, color);
    // A lone stone that took one and can be retaken at once.
    if (captured == 1 && board_.stones(p) == 1 && board_.in_atari(p)) ko = board_.atari_liberty(p);
  }
  moves_.push_back({p, color});
  to_play_ = opponent(color);
  ko_ = ko;
  record();
}

std::optional<Outcome> GoState::outcome() const {
  if (!over()) return std::nullopt;
  const float score = static_cast<float>(area_margin(board_)) - rules().komi;
  return Outcome{.value = score > 0.0f ? 1.0f : score < 0.0f ? -1.0f : 0.0f, .score = score};
}

uint64_t GoState::key() const {
  uint64_t key =
      board_.hash() ^ static_cast<uint64_t>(to_play_) << 1 ^ static_cast<uint64_t>(passes_) << 3;
  key ^= mix64(static_cast<uint64_t>(static_cast<int64_t>(rules().komi * 2.0f)) << 8 ^
               static_cast<uint64_t>(rules().size) << 3 ^ static_cast<uint64_t>(rules().ko) << 1 ^
               static_cast<uint64_t>(rules().suicide));
  for_each_repetition_point(
      [&](Point p) { key ^= mix64(static_cast<uint64_t>(p) + 0x6b6f2d706f696e74ull); });
  return mix64(key);
}

void GoState::encode(int symmetry, float* planes) const {
  encode_features(*this, symmetry, planes);
}

void GoState::ownership(std::span<float> out) const {
  CHECK(out.size() == static_cast<size_t>(board_.area()));
  std::array<Color, kMaxSize * kMaxSize> owners;
  area_owners(board_, std::span(owners).first(out.size()));
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = owners[i] == Color::kBlack ? 1.0f : owners[i] == Color::kWhite ? -1.0f : 0.0f;
}

bool GoState::good_in_playout(Point p) const {
  return !board_.is_eye(p, to_play_) && check(p) == Legality::kLegal;
}

// Uniform: first by trial, which nearly always succeeds at once, then over the counted rest.
Action GoState::playout_move(Rng& rng) const {
  const auto empty = board_.empty_points();
  if (empty.empty()) return pass_action();
  constexpr int kTrials = 4;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Point p = empty[rng.below(static_cast<uint32_t>(empty.size()))];
    if (good_in_playout(p)) return board_.index(p);
  }
  std::array<Point, kMaxSize * kMaxSize> good;
  uint32_t count = 0;
  for (const Point p : empty)
    if (good_in_playout(p)) good[count++] = p;
  return count == 0 ? pass_action() : board_.index(good[rng.below(count)]);
}

void GoState::set_up(std::span<const Action> black, std::span<const Action> white, Color to_play) {
  CHECK(is_stone(to_play));
  Board board(rules().size);
  const auto place = [&](std::span<const Action> actions, Color color) {
    for (const Action a : actions) {
      if (a < 0 || a >= pass_action())
        throw Error("set-up: point " + std::to_string(a) + " is not on the board");
      const Point p = board.at_index(a);
      if (board[p] != Color::kEmpty) throw Error("set-up: " + action_text(a) + " is named twice");
      if (board.is_suicide(p, color) || board.play(p, color) > 0)
        throw Error("set-up: no liberty is left at " + action_text(a));
    }
  };
  place(black, Color::kBlack);
  place(white, Color::kWhite);
  game_ = std::make_shared<GoGame>(GoGame{.rules = game_->rules,
                                          .spec = game_->spec,
                                          .black = {black.begin(), black.end()},
                                          .white = {white.begin(), white.end()},
                                          .first = to_play});
  board_ = std::move(board);
  history_ = PositionHistory(2 * board_.area());
  moves_.clear();
  to_play_ = to_play;
  ko_ = Point::kNone;
  passes_ = 0;
  record();
}

void GoState::set_komi(float komi) {
  if (!is_komi(static_cast<double>(komi)))
    throw Error("komi must be a multiple of 0.5 from -150 to 150");
  GoGame game = *game_;
  game.rules.komi = komi;
  game.spec.name = "go:" + options_text(game.rules);
  game_ = std::make_shared<GoGame>(std::move(game));
}

// Who is given the turn faces no ko: the stone that took it was its own.
void GoState::turn_to(Color color) {
  if (to_play_ == color) return;
  to_play_ = color;
  ko_ = Point::kNone;
}

void GoState::play_as(Color color, Action action) {
  CHECK(is_stone(color));
  if (passes_ >= 2) passes_ = 0;
  turn_to(color);
  play(action);
}

std::optional<std::string> GoState::why_illegal(Color color, Action action) const {
  if (color == to_play_ && passes_ < 2) return why_illegal(action);
  GoState turned(*this);
  if (turned.passes_ >= 2) turned.passes_ = 0;
  turned.turn_to(color);
  return turned.why_illegal(action);
}

std::optional<std::string> GoState::why_illegal(Action action) const {
  if (action < 0 || action > pass_action()) return "not on the board";
  if (over()) return reason(Legality::kGameOver);
  if (action == pass_action()) return std::nullopt;
  const Legality legality = check(point_of(action));
  if (legality == Legality::kLegal) return std::nullopt;
  return reason(legality);
}

std::string GoState::action_text(Action action) const { return vertex_text(action, board_.size()); }

std::optional<Action> GoState::parse_action(const std::string& text) const {
  return parse_vertex(text, board_.size());
}

std::string GoState::text() const {
  const int size = board_.size();
  const Point last = moves_.empty() ? Point::kNone : moves_.back().point;
  std::string letters = "   ";
  for (int column = 0; column < size; ++column) {
    letters += ' ';
    letters += action_text(column)[0];
  }
  std::string out = letters + "\n";
  for (int row = 0; row < size; ++row) {
    const std::string number = std::to_string(size - row);
    const std::string label = std::string(2 - number.size(), ' ') + number + " ";
    out += label;
    for (int column = 0; column < size; ++column) {
      const Point p = board_.point(row, column);
      const char before = p == last                                             ? '('
                          : column > 0 && board_.point(row, column - 1) == last ? ')'
                                                                                : ' ';
      out += before;
      out += ".XO"[static_cast<int>(board_[p])];
    }
    out += board_.point(row, size - 1) == last ? ")" : " ";
    out += label + "\n";
  }
  out += letters + "\n";
  if (!moves_.empty())
    out += "last: " + std::string(moves_.back().color == Color::kBlack ? "black " : "white ") +
           action_text(action_of(last)) + "\n";
  if (over()) return out + "the game is over\n";
  return out + (to_play_ == Color::kBlack ? "black (X) to play\n" : "white (O) to play\n");
}

GoState without_history(const GoState& state, Color to_play) {
  std::vector<Action> black, white;
  for (Action a = 0; a < state.board().area(); ++a) {
    const Color stone = state.board()[state.point_of(a)];
    if (stone == Color::kBlack) black.push_back(a);
    if (stone == Color::kWhite) white.push_back(a);
  }
  GoState out(state.rules());
  out.set_up(black, white, to_play);
  return out;
}

}  // namespace tengen::envs::go
