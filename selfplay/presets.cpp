// The presets: what differs from the defaults. `tengen train NAME --show-options` prints the rest.
#include "selfplay/options.h"

namespace tengen::selfplay {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {
      {"tictactoe", "perfect play within a minute", R"(
actor.game = tictactoe
actor.games = 64
actor.full_visits = 48
actor.fast_visits = 12
actor.full_share = 0.5
actor.opening_moves = 1
actor.temperature = 1
actor.temperature_halflife = 4
actor.temperature_floor = 0.3
actor.decided_moves = 100
net.blocks = 2
net.channels = 16
net.pool_every = 2
net.pool_channels = 8
net.head_channels = 8
replay.window_start = 4000
trainer.batch = 64
trainer.learning_rate = 0.005
trainer.decay_steps = 6000
trainer.warmup_steps = 50
trainer.average_decay = 0.98
trainer.score_weight = 0
trainer.ownership_weight = 0
loop.games_per_publication = 200
loop.first_positions = 500
loop.replay_ratio = 4
loop.save_every = 5
loop.measure_every = 5
loop.measure_visits = 8
)"},
      {"go7", "7x7 Go: a sensible player within half an hour on two cores", R"(
actor.game = go:size=7
actor.komis = 8,8.5,9,9,9.5,10
actor.games = 96
actor.full_visits = 100
actor.fast_visits = 20
actor.opening_moves = 2
actor.temperature_halflife = 7
actor.bootstrap_games = 300
net.blocks = 4
net.channels = 32
net.pool_every = 2
trainer.batch = 128
trainer.decay_steps = 15000
loop.games_per_publication = 100
)"},
      {"go9", "9x9 Go on two cores: beats playouts within the hour", R"(
actor.game = go:size=9
actor.komis = 6,6.5,7,7,7,7,7.5,8
actor.games = 96
actor.full_visits = 100
actor.fast_visits = 20
actor.full_share = 0.25
actor.opening_moves = 3
actor.temperature_halflife = 9
actor.bootstrap_games = 150
net.blocks = 5
net.channels = 48
net.pool_every = 2
replay.window_start = 25000
trainer.batch = 128
trainer.learning_rate = 0.002
trainer.decay_steps = 18000
trainer.average_decay = 0.997
loop.games_per_publication = 60
loop.replay_ratio = 4
loop.measure_every = 8
)"},
  };
  return all;
}

}  // namespace tengen::selfplay
