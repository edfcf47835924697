// Whoever can choose a move: a network with a search, playouts, chance, or another program.
//
// An agent follows one game: start, then played() for every move of either side, and choose()
// when it is its turn. choose does not play the move; the referee does, with played().
#pragma once

#include <memory>
#include <string>

#include "envs/state.h"
#include "nn/base/check.h"
#include "search/drive.h"

namespace tengen::agents {

struct Choice {
  envs::Action action = 0;
  bool resign = false;
  search::Report report;  // empty for agents that do not search
};

// Why an agent cannot go on (an external program died, timed out or broke the protocol). The
// referee scores the game as lost and writes the text into the record.
class AgentFailure : public Error {
 public:
  using Error::Error;
};

class Agent {
 public:
  virtual ~Agent() = default;

  virtual std::string name() const = 0;
  // Begins a game at `state`, which may be a set-up position.
  virtual void start(const envs::State& state) = 0;
  // Chooses for the player to move. `limits` may tighten the agent's own: zero means its own.
  virtual Choice choose(const search::Limits& limits) = 0;
  // A move was played; called for every move, the agent's own included.
  virtual void played(envs::Action action) = 0;
  // Tells how the game ended, for agents that want to know. Optional.
  virtual void finished() {}
};

}  // namespace tengen::agents
