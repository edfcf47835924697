// What the tests of this folder share: small networks whose outputs say something, and positions.
#pragma once

#include <memory>

#include "agents/policy_value_net.h"
#include "envs/games.h"
#include "nn/base/rng.h"

namespace tengen::agents {

// Fresh networks judge everything alike; this one has opinions. Its batch norms have statistics
// other than 0 and 1, so that folding them is tested too.
inline std::unique_ptr<PolicyValueNet> opinionated_net(const envs::GameSpec& spec, uint64_t seed) {
  PolicyValueConfig config;
  config.blocks = 2;
  config.channels = 8;
  config.pool_every = 2;
  config.pool_channels = 4;
  config.head_channels = 4;
  auto net = std::make_unique<PolicyValueNet>(config_for(spec, config), seed);
  Rng rng(seed, 1);
  for (nn::NamedVar& parameter : net->parameters()) {
    for (float& x : parameter.var.value().values()) x += 0.3f * static_cast<float>(rng.normal());
  }
  for (nn::NamedTensor& buffer : net->buffers()) {
    for (float& x : buffer.tensor.values()) x += 0.3f * static_cast<float>(rng.uniform());
  }
  net->train(false);
  return net;
}

// `moves` quick random moves from the start; stops early where the game would end.
inline std::unique_ptr<envs::State> random_position(const std::string& game, int moves,
                                                    uint64_t seed) {
  std::unique_ptr<envs::State> state = envs::new_game(game);
  Rng rng(seed);
  for (int i = 0; i < moves; ++i) {
    const std::unique_ptr<envs::State> before = state->clone();
    state->play(state->playout_move(rng));
    if (state->outcome()) return before->clone();
  }
  return state;
}

}  // namespace tengen::agents
