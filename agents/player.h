// Players by text, for every command that needs one:
//   net   net:weights.safetensors,visits=400,time=1   rollout:visits=1000   random
//   visits=800   (short for net:visits=800)   gtp:gnugo --mode gtp --level 10 --chinese-rules
#pragma once

#include <memory>
#include <string>

#include "agents/agent.h"

namespace tengen::agents {

// An Error names the part that was not understood and the keys that are known. A network file is
// loaded here, so that a broken one is reported before a game begins.
std::unique_ptr<Agent> make_player(const std::string& description);

}  // namespace tengen::agents
