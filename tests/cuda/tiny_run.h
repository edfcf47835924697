// Options of a run of self-play that is over in seconds, on an emulated GPU too.
#pragma once

#include <string>
#include <vector>

namespace tengen::selfplay {

inline const std::vector<std::string> kTinyRun = {"net.blocks=1",
                                                  "net.channels=8",
                                                  "net.pool_every=0",
                                                  "net.head_channels=4",
                                                  "actor.games=6",
                                                  "actor.full_visits=8",
                                                  "actor.fast_visits=4",
                                                  "trainer.batch=16",
                                                  "loop.first_positions=30",
                                                  "loop.save_every=1",
                                                  "loop.games_per_publication=6",
                                                  "loop.measure_games=0"};

}  // namespace tengen::selfplay
