#include "selfplay/replay.h"

#include <algorithm>
#include <cmath>

#include "agents/policy_value_net.h"
#include "envs/games.h"
#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/base/rng.h"

namespace tengen::selfplay {

int64_t Replay::window_size(int64_t positions_seen) const {
  const auto start = static_cast<double>(options_.window_start);
  const double ratio = static_cast<double>(positions_seen) / start;
  if (ratio <= 1.0) return options_.window_start;
  const double power = options_.window_power;
  const double growth = options_.window_slope * (std::pow(ratio, power) - 1.0) / power;
  return static_cast<int64_t>(start * (1.0 + growth));
}

double Replay::weight(const MoveSearch& search) const {
  return search.full() ? 1.0 : static_cast<double>(options_.fast_share);
}

TrainingBatch TrainingBatch::to(nn::Device& device) const {
  return {planes.to(device), policy.to(device), policy_weight.to(device),
          value.to(device),  score.to(device),  ownership.to(device)};
}

void Replay::add(GameRecord record, int64_t positions_seen) {
  if (record.moves.empty()) return;
  const auto end = replay_game(record, "game " + std::to_string(record.number));
  auto& start = starts_[record.game];
  if (!start) start = envs::new_game(record.game);

  Game game;
  game.start = start.get();
  std::vector<float> owners(static_cast<size_t>(end->spec().height * end->spec().width));
  end->ownership(owners);
  game.owners.assign(owners.begin(), owners.end());
  for (const MoveSearch& search : record.searches) total_weight_ += weight(search);
  game.weight_end = total_weight_;
  positions_ += static_cast<int64_t>(record.moves.size());
  game.record = std::move(record);
  games_.push_back(std::move(game));

  const int64_t window = window_size(positions_seen);
  while (games_.size() > 1 && positions_ > window) {
    positions_ -= static_cast<int64_t>(games_.front().record.moves.size());
    dropped_weight_ = games_.front().weight_end;
    games_.pop_front();
  }
}

Replay::Place Replay::pick(Rng& rng) const {
  const double target = dropped_weight_ + rng.uniform() * (total_weight_ - dropped_weight_);
  auto game = std::upper_bound(games_.begin(), games_.end(), target,
                               [](double t, const Game& g) { return t < g.weight_end; });
  if (game == games_.end()) --game;  // rounding at the very end
  double left = target - (game == games_.begin() ? dropped_weight_ : std::prev(game)->weight_end);
  const auto& searches = game->record.searches;
  size_t move = 0;
  while (move + 1 < searches.size() && left >= weight(searches[move]))
    left -= weight(searches[move++]);
  return {&*game, static_cast<int>(move)};
}

TrainingBatch Replay::sample(int rows, uint64_t seed, uint64_t number) const {
  CHECK(!games_.empty());
  const envs::GameSpec& spec = games_.front().start->spec();
  TrainingBatch batch{nn::Tensor({rows, spec.height, spec.width, spec.planes}),
                      nn::Tensor({rows, spec.actions}),
                      nn::Tensor({rows}),
                      nn::Tensor({rows, 1}),
                      nn::Tensor({rows, 1}),
                      nn::Tensor({rows, spec.height * spec.width})};
  parallel_ranges(rows, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      Rng rng(seed ^ mix64(number), static_cast<uint64_t>(row));
      const Place place = pick(rng);
      const auto symmetries = static_cast<uint32_t>(spec.symmetries.size());
      fill(batch, static_cast<int>(row), place,
           options_.symmetries ? static_cast<int>(rng.below(symmetries)) : 0);
    }
  });
  return batch;
}

void Replay::fill(TrainingBatch& batch, int row, const Place& place, int symmetry) const {
  const GameRecord& record = place.game->record;
  const auto state = place.game->start->clone();
  for (int i = 0; i < place.move; ++i) state->play(record.moves[static_cast<size_t>(i)]);

  const envs::GameSpec& spec = state->spec();
  const int points = spec.height * spec.width;
  CHECK(int64_t{points} * spec.planes * batch.rows() == batch.planes.size());
  const auto& image = spec.symmetries[static_cast<size_t>(symmetry)];
  const MoveSearch& search = record.searches[static_cast<size_t>(place.move)];
  const float sign = state->to_play() == envs::Player::kFirst ? 1.0f : -1.0f;

  state->encode(symmetry, batch.planes.data() + int64_t{row} * points * spec.planes);
  batch.policy_weight.data()[row] = search.full() ? 1.0f : 0.0f;
  fill_policy(batch.policy.data() + int64_t{row} * spec.actions, place, image);
  const float share = search.searched ? options_.root_value_share : 0.0f;
  const float value = (1.0f - share) * sign * record.outcome.value + share * search.value;
  batch.value.data()[row] = 0.5f * (value + 1.0f);
  batch.score.data()[row] = sign * record.outcome.score / agents::kScoreUnit;

  float* ownership = batch.ownership.data() + int64_t{row} * points;
  std::fill(ownership, ownership + points, 0.5f);
  if (spec.actions < points) return;  // actions are not points: no symmetry of points is known
  for (int p = 0; p < points; ++p) {
    const int owner = place.game->owners[static_cast<size_t>(p)];
    ownership[image[static_cast<size_t>(p)]] = 0.5f * (1.0f + sign * static_cast<float>(owner));
  }
}

void Replay::fill_policy(float* out, const Place& place,
                         const std::vector<envs::Action>& image) const {
  const auto& visits = place.game->record.searches[static_cast<size_t>(place.move)].visits;
  float total = 0.0f;
  for (const ActionVisits& visit : visits) total += static_cast<float>(visit.visits);
  for (const ActionVisits& visit : visits) {
    out[image[static_cast<size_t>(visit.action)]] = static_cast<float>(visit.visits) / total;
  }
}

}  // namespace tengen::selfplay
