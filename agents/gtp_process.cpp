#include "agents/gtp_process.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "agents/gtp_link.h"
#include "envs/go/state.h"

namespace tengen::agents {

using envs::Action;
using envs::go::Color;
using envs::go::GoState;

namespace {

const GoState& go_state(const envs::State& state) {
  const auto* go = dynamic_cast<const GoState*>(&state);
  if (!go) throw Error("a GTP program plays only Go, not " + state.spec().name);
  return *go;
}

std::string color_text(Color color) { return color == Color::kBlack ? "b" : "w"; }

}  // namespace

std::unique_ptr<Agent> make_gtp_player(const std::string& command, double timeout_s) {
  return std::make_unique<GtpProcess>(command, timeout_s);
}

GtpProcess::GtpProcess(const std::string& command, double timeout_s)
    : command_(command), timeout_s_(timeout_s), name_(command) {
  launch();
}

GtpProcess::~GtpProcess() = default;

void GtpProcess::launch() {
  link_ = std::make_unique<GtpLink>(command_);
  told_time_s_ = 0.0;
  const std::string name = exchange("name").value_or("");
  const std::string version = exchange("version").value_or("");
  if (!name.empty()) name_ = version.empty() ? name : name + " " + version;
}

void GtpProcess::start(const envs::State& state) {
  const GoState& go = go_state(state);
  answered_.reset();
  state_ = go.clone();
  if (!link_) {
    try {
      launch();
    } catch (const AgentFailure&) {
      throw;
    } catch (const Error& error) {
      fail(error.what());
    }
  }
  ask(fmt::format("boardsize {}", go.rules().size));
  ask("komi " + envs::go::komi_text(go.rules().komi));
  ask("clear_board");
  for (Action a = 0; a < go.board().area(); ++a) {
    const Color stone = go.board()[go.point_of(a)];
    if (is_stone(stone)) ask("play " + color_text(stone) + " " + go.action_text(a));
  }
}

void GtpProcess::tell_time(double seconds) {
  if (seconds <= 0.0 || seconds == told_time_s_) return;
  // GTP counts whole seconds.
  ask(fmt::format("time_settings 0 {} 1", std::max(1, static_cast<int>(std::floor(seconds)))));
  told_time_s_ = seconds;
}

Choice GtpProcess::choose(const search::Limits& limits) {
  CHECK(state_ != nullptr);
  const GoState& go = go_state(*state_);
  tell_time(limits.time_s);
  const std::string answer = ask("genmove " + color_text(go.color_to_play()));
  Choice choice;
  if (answer == "resign" || answer == "RESIGN" || answer == "Resign") {
    choice.resign = true;
    return choice;
  }
  const auto action = go.parse_action(answer);
  if (!action) fail("answered genmove with '" + answer.substr(0, 40) + "'");
  if (const auto reason = go.why_illegal(*action)) {
    fail("played an illegal move: " + go.action_text(*action) + " (" + *reason + ")");
  }
  choice.action = *action;
  answered_ = *action;
  return choice;
}

void GtpProcess::played(Action action) {
  CHECK(state_ != nullptr);
  const GoState& go = go_state(*state_);
  // The program has played its own answer already, unless the referee chose otherwise.
  const bool own_answer = answered_ == action;
  if (answered_ && !own_answer) ask("undo");
  answered_.reset();
  const std::string move = color_text(go.color_to_play()) + " " + go.action_text(action);
  state_->play(action);
  if (!own_answer) ask("play " + move);
}

std::optional<std::string> GtpProcess::final_score() {
  if (!link_) return std::nullopt;
  try {
    return exchange("final_score");
  } catch (const AgentFailure&) {
    return std::nullopt;  // the program is started anew for the next game
  }
}

std::optional<std::string> GtpProcess::exchange(const std::string& command, std::string* refusal) {
  if (!link_) throw AgentFailure(name_ + " is not running");
  try {
    GtpLink::Answer answer = link_->ask(command, timeout_s_);
    if (answer.ok) return std::move(answer.text);
    if (refusal) *refusal = std::move(answer.text);
  } catch (const Error& error) {
    fail(error.what());
  }
  return std::nullopt;
}

std::string GtpProcess::ask(const std::string& command) {
  std::string refusal;
  auto text = exchange(command, &refusal);
  if (!text) fail("refused '" + command + "': " + refusal);
  return std::move(*text);
}

void GtpProcess::fail(const std::string& reason) {
  link_.reset();
  throw AgentFailure(name_ + " " + reason);
}

}  // namespace tengen::agents
