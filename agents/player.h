// Players by text, for every command that needs one:
//   net   net:weights.safetensors,visits=400,time=1   rollout:visits=1000   random
//   visits=800   (short for net:visits=800)   gtp:gnugo --mode gtp --level 10 --chinese-rules
//
//   key                for                 what, and its default
//   visits             net rollout         of a search; 400 where no time or clock decides
//   time               net rollout         seconds a move
//   rows               net rollout         positions judged at once; as many as workers
//   temperature        net rollout         of the choice over visits; 0, the most visited
//   temperature_moves  net rollout         for so many first moves of a game; 30
//   resign             net rollout         below this value, or never; -0.95
//   noise              net rollout         share of Dirichlet noise at the root; 0
//   memory_mib         net rollout         for the tree; 1024
//   seed               net rollout random  1
//   cache_mib          net                 for judgements; 32, and 0 for none
//   symmetry           net                 none or hashed: which image the network sees; hashed
//   precision          net                 auto, float32, bfloat16 or int16; auto, which is float32
//                                          unless the network's report says that less wins
//   device             net                 auto, cpu, cuda:0, or several GPUs, cuda:0+cuda:1; auto,
//                                          which is the first GPU where there is one
//   playouts           rollout             a position; 1
#pragma once

#include <memory>
#include <string>

#include "agents/agent.h"

namespace tengen::agents {

// An Error names the part that was not understood and the keys that are known. A network file is
// loaded here, so that a broken one is reported before a game begins.
std::unique_ptr<Agent> make_player(const std::string& description);

}  // namespace tengen::agents
