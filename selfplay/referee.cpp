#include "selfplay/referee.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "agents/dead_stones.h"
#include "agents/gtp_process.h"
#include "envs/go/score.h"

namespace tengen::selfplay {

using envs::Player;
using envs::go::GoState;

namespace {

// The letter of a player in results, as in SGF.
char letter(Player player) { return player == Player::kFirst ? 'B' : 'W'; }

std::string comment_of(const agents::Choice& choice) {
  if (choice.report.visits == 0) return "";
  return fmt::format("value {:+.3f}, score {:+.1f}, visits {}", choice.report.value,
                     choice.report.score, choice.report.visits);
}

std::optional<std::string> why_illegal(const envs::State& state, envs::Action action) {
  if (const auto* go = dynamic_cast<const GoState*>(&state)) return go->why_illegal(action);
  std::vector<envs::Action> legal;
  state.legal(legal);
  if (std::find(legal.begin(), legal.end(), action) != legal.end()) return std::nullopt;
  return "not allowed";
}

class Game {
 public:
  Game(agents::Agent& first, agents::Agent& second, const envs::State& start)
      : agents_{&first, &second} {
    game_.position = start.clone();
  }

  // False when stopped.
  bool play(const std::atomic<bool>* stop) {
    try {
      for (const Player p : {Player::kFirst, Player::kSecond}) agent(p).start(*game_.position);
      while (!game_.position->outcome()) {
        if (stop && *stop) return false;
        if (!one_move()) return true;
      }
    } catch (const agents::AgentFailure& failure) {
      lose(asked_, Ending::kFailure, failure.what());
      return true;
    }
    count();
    return true;
  }

  RefereedGame take() { return std::move(game_); }
  void ask_opinions();
  void tell_end() {
    for (agents::Agent* agent : agents_) agent->finished();
  }

 private:
  // The agent that is at fault if something fails from here on.
  agents::Agent& agent(Player player) {
    asked_ = player;
    return *agents_[static_cast<size_t>(player)];
  }

  // False when the move ended the game outside the rules.
  bool one_move() {
    const Player mover = game_.position->to_play();
    const auto begin = std::chrono::steady_clock::now();
    const agents::Choice choice = agent(mover).choose({});
    const std::chrono::duration<double> used = std::chrono::steady_clock::now() - begin;
    game_.time[static_cast<size_t>(mover)].add(used.count());
    if (choice.resign) {
      lose(mover, Ending::kResignation, "resignation");
      return false;
    }
    if (const auto reason = why_illegal(*game_.position, choice.action)) {
      lose(mover, Ending::kFailure,
           agent(mover).name() + " played an illegal move: " +
               game_.position->action_text(choice.action) + " (" + *reason + ")");
      return false;
    }
    game_.moves.push_back(choice.action);
    game_.comments.push_back(comment_of(choice));
    game_.position->play(choice.action);
    for (const Player p : {Player::kFirst, Player::kSecond}) agent(p).played(choice.action);
    return true;
  }

  void lose(Player loser, Ending ending, const std::string& reason) {
    game_.ending = ending;
    game_.value = loser == Player::kFirst ? -1.0f : 1.0f;
    game_.result = fmt::format("{}+{}", letter(envs::opponent(loser)),
                               ending == Ending::kResignation ? 'R' : 'F');
    game_.reason = reason;
  }

  void count() {
    const envs::Outcome outcome = *game_.position->outcome();
    game_.reason = "counted";
    game_.rules_score = game_.score = outcome.score;
    game_.value = outcome.value;
    if (const auto* go = dynamic_cast<const GoState*>(game_.position.get())) {
      game_.score = envs::go::score_without_dead(*go, agents::judge_dead(*go));
      game_.value = static_cast<float>((game_.score > 0.0f) - (game_.score < 0.0f));
      game_.result = envs::go::result_text(game_.score);
      return;
    }
    game_.result = game_.value == 0.0f ? "1/2" : game_.value > 0.0f ? "1-0" : "0-1";
  }

  std::array<agents::Agent*, 2> agents_;
  Player asked_ = Player::kFirst;
  RefereedGame game_;
};

void Game::ask_opinions() {
  if (game_.ending != Ending::kCounted) return;
  for (agents::Agent* agent : agents_) {
    auto* program = dynamic_cast<agents::GtpProcess*>(agent);
    if (!program) continue;
    if (const auto text = program->final_score()) {
      game_.opinions.push_back({program->name(), *text, same_score(*text, game_.score)});
    }
  }
}

}  // namespace

void TimeUsed::add(double seconds) {
  ++moves;
  total_s += seconds;
  longest_s = std::max(longest_s, seconds);
}

void TimeUsed::add(const TimeUsed& other) {
  moves += other.moves;
  total_s += other.total_s;
  longest_s = std::max(longest_s, other.longest_s);
}

std::optional<RefereedGame> referee(agents::Agent& first, agents::Agent& second,
                                    const envs::State& start, const std::atomic<bool>* stop) {
  Game game(first, second, start);
  if (!game.play(stop)) return std::nullopt;
  game.ask_opinions();
  game.tell_end();
  return game.take();
}

bool same_score(const std::string& text, float score) {
  if (text.size() > 2 && text[1] == '+') {
    const float points = std::strtof(text.c_str() + 2, nullptr);
    const float said = text[0] == 'B' || text[0] == 'b' ? points : -points;
    return std::abs(said - score) < 0.01f;
  }
  return score == 0.0f && (text == "0" || text == "Draw" || text == "draw" || text == "Jigo");
}

}  // namespace tengen::selfplay
