// The table of all options: name, field, range, meaning.
#include "selfplay/options.h"

namespace tengen::selfplay {

std::vector<OptionField> option_fields(RunOptions& o) {
  constexpr double kMany = 1e9;
  return {
      {"net.blocks", &o.net.blocks, 1, 100, "residual blocks", true},
      {"net.channels", &o.net.channels, 4, 1024, "channels of the tower", true},
      {"net.pool_every", &o.net.pool_every, 0, 100, "global pooling in each so many-th block",
       true},
      {"net.pool_channels", &o.net.pool_channels, 1, 1024, "channels of a pooling branch", true},
      {"net.head_channels", &o.net.head_channels, 1, 1024, "channels of the heads", true},

      {"actor.game", &o.actor.game, 0, 0, "the game, without komi if komis are given", true},
      {"actor.komis", &o.actor.komis, 0, 0, "komis that games draw from, with commas"},
      {"actor.games", &o.actor.games, 1, 65536, "games under way at once"},
      {"actor.precision", &o.actor.precision, 0, 0, "float32, bfloat16 or int16"},
      {"actor.full_visits", &o.actor.full_visits, 2, kMany, "visits of a full search"},
      {"actor.fast_visits", &o.actor.fast_visits, 2, kMany, "visits of a fast search"},
      {"actor.full_share", &o.actor.full_share, 0, 1, "probability of a full search"},
      {"actor.noise_fraction", &o.actor.noise_fraction, 0, 1, "Dirichlet noise of a full search"},
      {"actor.opening_moves", &o.actor.opening_moves, 0, 1000, "mean of first raw-policy moves"},
      {"actor.temperature", &o.actor.temperature, 0, 10, "of the first move's choice"},
      {"actor.temperature_halflife", &o.actor.temperature_halflife, 0, kMany, "moves"},
      {"actor.temperature_floor", &o.actor.temperature_floor, 0, 10, "lowest temperature"},
      {"actor.decided_value", &o.actor.decided_value, 0, 2, "a game is decided beyond this value"},
      {"actor.decided_moves", &o.actor.decided_moves, 1, kMany, "and after so many moves beyond"},
      {"actor.decided_visits", &o.actor.decided_visits, 2, kMany, "visits in decided games"},
      {"actor.bootstrap_games", &o.actor.bootstrap_games, 0, kMany, "quick games at the beginning"},
      {"actor.bootstrap_visits", &o.actor.bootstrap_visits, 2, kMany, "visits in these"},

      {"search.cpuct", &o.search.cpuct, 0, 100, "exploration"},
      {"search.cpuct_growth", &o.search.cpuct_growth, 0, 100, "its growth with visits"},
      {"search.cpuct_base", &o.search.cpuct_base, 1, kMany, "visits at which it grows"},
      {"search.fpu_reduction", &o.search.fpu_reduction, 0, 10, "value lost by unvisited moves"},
      {"search.root_fpu_reduction", &o.search.root_fpu_reduction, 0, 10, "the same at the root"},
      {"search.root_policy_temperature", &o.search.root_policy_temperature, 0.01, 100,
       "of the priors at the root of full searches"},
      {"search.dirichlet_alpha_total", &o.search.dirichlet_alpha_total, 0.01, 1000,
       "alpha times the number of legal moves"},

      {"replay.window_start", &o.replay.window_start, 1, 1e15, "positions in the young window"},
      {"replay.window_power", &o.replay.window_power, 0.01, 1, "growth of the window"},
      {"replay.window_slope", &o.replay.window_slope, 0, 10, "growth of the window"},
      {"replay.fast_share", &o.replay.fast_share, 0.001, 1, "chance of positions searched fast"},
      {"replay.root_value_share", &o.replay.root_value_share, 0, 1,
       "of the root value in the value target"},
      {"replay.symmetries", &o.replay.symmetries, 0, 0, "draw a symmetry for each row"},

      {"trainer.batch", &o.trainer.batch, 1, 65536, "rows a step"},
      {"trainer.learning_rate", &o.trainer.learning_rate, 0, 10, "of AdamW"},
      {"trainer.final_rate_share", &o.trainer.final_rate_share, 0, 1, "of it at the end"},
      {"trainer.decay_steps", &o.trainer.decay_steps, 1, 1e15, "steps of the cosine"},
      {"trainer.warmup_steps", &o.trainer.warmup_steps, 1, 1e15, "steps of linear growth"},
      {"trainer.weight_decay", &o.trainer.weight_decay, 0, 10, "decoupled"},
      {"trainer.clip", &o.trainer.clip, 1e-6, kMany, "largest norm of the gradient"},
      {"trainer.bfloat16", &o.trainer.bfloat16, 0, 0,
       "products in bfloat16 (faster with AMX or Zen 4)"},
      {"trainer.average_decay", &o.trainer.average_decay, 0, 1, "of the average of weights"},
      {"trainer.policy_weight", &o.trainer.policy_weight, 0, 1000, "of the policy loss"},
      {"trainer.value_weight", &o.trainer.value_weight, 0, 1000, "of the value loss"},
      {"trainer.score_weight", &o.trainer.score_weight, 0, 1000, "of the score loss"},
      {"trainer.ownership_weight", &o.trainer.ownership_weight, 0, 1000, "of the ownership loss"},

      {"loop.seed", &o.loop.seed, 0, 9e15, "of all randomness", true},
      {"loop.games_per_publication", &o.loop.games_per_publication, 1, kMany, "games a network"},
      {"loop.replay_ratio", &o.loop.replay_ratio, 0.01, 1000, "rows drawn for a new position"},
      {"loop.first_positions", &o.loop.first_positions, 1, 1e15, "before the first step"},
      {"loop.save_every", &o.loop.save_every, 1, kMany, "publications for a file in nets/"},
      {"loop.measure_every", &o.loop.measure_every, 1, kMany, "publications for an Elo match"},
      {"loop.measure_games", &o.loop.measure_games, 0, 100000, "games of that match"},
      {"loop.measure_visits", &o.loop.measure_visits, 1, kMany, "visits a move in it"},
      {"loop.games_per_shard", &o.loop.games_per_shard, 1, kMany, "games in a compressed file"},
  };
}

}  // namespace tengen::selfplay
