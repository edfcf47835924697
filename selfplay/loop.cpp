#include "selfplay/loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <thread>

#include "envs/games.h"
#include "nn/base/check.h"
#include "nn/device.h"
#include "selfplay/duel.h"

namespace tengen::selfplay {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double rate(double count, double seconds) { return seconds > 0.0 ? count / seconds : 0.0; }

agents::PolicyValueConfig net_config(const RunOptions& options) {
  const auto start = envs::new_game(game_choices(options.actor).front());
  return agents::config_for(start->spec(), options.net);
}

std::unique_ptr<agents::NetEvaluator> make_evaluator(agents::PolicyValueNet& net,
                                                     const RunOptions& options,
                                                     nn::Device& device) {
  const auto start = envs::new_game(game_choices(options.actor).front());
  if (&device == &nn::cpu_device())
    return std::make_unique<agents::NetEvaluator>(net, start->spec(), agents::Symmetry::kHashed,
                                                  options.actor.precision);
  // The games are dealt to as many batches as are under way, two at least.
  return std::make_unique<agents::NetEvaluator>(
      net, start->spec(),
      agents::DeviceEvaluation{.devices = {&device},
                               .most_rows = std::max(8, (options.actor.games + 1) / 2)});
}

}  // namespace

Loop::Loop(const std::string& folder, const std::string& preset,
           const std::vector<std::string>& assignments, bool quiet, nn::Device& device)
    : device_(device),
      folder_(folder),
      options_(folder_.resolve(preset, assignments)),
      store_(folder_.path("games"), options_.loop.games_per_shard),
      replay_(options_.replay),
      trainer_(net_config(options_), options_.trainer, static_cast<uint64_t>(options_.loop.seed),
               device),
      progress_(quiet) {
  resume();
  newest_ = average_on_cpu();
  rival_ = average_on_cpu();
  evaluator_ = make_evaluator(*newest_, options_, device_);
  rival_evaluator_ = make_evaluator(*rival_, options_, device_);
  actor_ = std::make_unique<Actor>(options_.actor, options_.search,
                                   static_cast<uint64_t>(options_.loop.seed), store_.next_number());
}

Loop::~Loop() = default;

std::unique_ptr<agents::PolicyValueNet> Loop::average_on_cpu() {
  auto net = std::make_unique<agents::PolicyValueNet>(net_config(options_), 0);
  net->load_state(trainer_.average().state());
  net->train(false);
  return net;
}

void Loop::resume() {
  if (auto checkpoint = folder_.load_checkpoint()) {
    counters_ = checkpoint->counters;
    trainer_.load_state(checkpoint->tensors, counters_.steps);
  }
  const int64_t window = replay_.window_size(store_.positions());
  for (GameRecord& record : store_.newest(window))
    replay_.add(std::move(record), store_.positions());
  if (store_.games() > 0) {
    progress_.line(fmt::format("goes on: {} games, {} positions, {} steps, network {}",
                               store_.games(), store_.positions(), counters_.steps,
                               counters_.network));
  }
}

double Loop::elapsed() const { return counters_.seconds + seconds_since(begin_); }

bool Loop::over() const {
  return *stop_ || failed_ || (minutes_ > 0.0 && seconds_since(begin_) >= minutes_ * 60.0);
}

void Loop::run(const std::atomic<bool>& stop, double minutes) {
  stop_ = &stop;
  minutes_ = minutes;
  begin_ = Clock::now();
  const bool on_cpu = &device_ == &nn::cpu_device();
  if (options_.trainer.bfloat16 && !device_.fast_bfloat16())
    progress_.line("trainer.bfloat16: this processor has no such products; they run in float32");
  if (on_cpu && evaluator_->precision() != options_.actor.precision)
    progress_.line("actor.precision: this processor has no faster kind; games run in float32");
  interval_ = {};
  while (!over()) {
    if (on_cpu) {
      generate();
      train(last_step_owed());
    } else {
      train_beside_play();
    }
    if (!over()) publish();
  }
  counters_.seconds = elapsed();
  begin_ = Clock::now();
  store_.sync();
  checkpoint();
}

int64_t Loop::games_owed() const {
  return counters_.games_published + options_.loop.games_per_publication - store_.games();
}

// The step up to which the games that there are pay for training.
int64_t Loop::last_step_owed() const {
  if (replay_.empty() || store_.positions() < options_.loop.first_positions) return 0;
  const double rows =
      static_cast<double>(options_.loop.replay_ratio) * static_cast<double>(store_.positions());
  return static_cast<int64_t>(rows / options_.trainer.batch);
}

void Loop::take_game(GameRecord&& record) {
  store_.append(record);
  ++interval_.interval_games;
  const double share = 1.0 / interval_.interval_games;
  const auto blend = [share](double& mean, double value) { mean += share * (value - mean); };
  blend(interval_.game_length, static_cast<double>(record.moves.size()));
  blend(interval_.first_wins, record.outcome.value > 0 ? 1.0 : 0.0);
  blend(interval_.draws, record.outcome.value == 0 ? 1.0 : 0.0);
  {
    const std::lock_guard lock(replay_mutex_);
    replay_.add(std::move(record), store_.positions());
  }
  progress_.live(fmt::format("net {} | games {} positions {} | generating, {} to go",
                             counters_.network, store_.games(), store_.positions(), games_owed()));
}

void Loop::generate() {
  const auto begin = Clock::now();
  actor_->play(
      *evaluator_, counters_.network, [&](GameRecord&& record) { take_game(std::move(record)); },
      [&] { return over() || games_owed() <= 0; });
  interval_.generate_s += seconds_since(begin);
}

void Loop::train(int64_t last_step) {
  const auto begin = Clock::now();
  while (trainer_.steps() < last_step && !over()) {
    const auto seed = static_cast<uint64_t>(options_.loop.seed);
    const auto number = static_cast<uint64_t>(trainer_.steps());
    add_step(interval_, trainer_.step(drawn(seed, number)));
    progress_.live(fmt::format("net {} | training, {} steps to go, loss {:.3f}", counters_.network,
                               last_step - trainer_.steps(), interval_.losses.loss));
  }
  interval_.train_s += seconds_since(begin);
}

TrainingBatch Loop::drawn(uint64_t seed, uint64_t number) {
  const std::lock_guard lock(replay_mutex_);
  return replay_.sample(options_.trainer.batch, seed, number);
}

// The two meet before the weights are handed over. They touch nothing in common but the replay
// window and the progress, which have locks.
void Loop::train_beside_play() {
  std::exception_ptr failure;
  std::thread training([&, last_step = last_step_owed()] {
    try {
      train(last_step);
    } catch (...) {
      failure = std::current_exception();
      failed_ = true;
    }
  });
  std::exception_ptr of_play;
  try {
    generate();
  } catch (...) {
    of_play = std::current_exception();
  }
  training.join();
  if (of_play) std::rethrow_exception(of_play);
  if (failure) std::rethrow_exception(failure);
}

void Loop::publish() {
  ++counters_.network;
  counters_.games_published = store_.games();
  newest_->load_state(trainer_.average().state());
  evaluator_->replace(*newest_);
  if (counters_.network % options_.loop.save_every == 0) {
    const std::map<std::string, std::string> about = {{"games", std::to_string(store_.games())},
                                                      {"steps", std::to_string(trainer_.steps())}};
    agents::save_net(folder_.path(fmt::format("nets/{:06}.safetensors", counters_.network)),
                     *newest_, about);
    agents::save_net(folder_.path("nets/latest.safetensors"), *newest_, about);
  }
  if (counters_.network % options_.loop.measure_every == 0) measure();

  const ActorCounts& counts = actor_->counts();
  interval_.network = counters_.network;
  interval_.games = store_.games();
  interval_.positions = store_.positions();
  interval_.window = replay_.positions();
  interval_.steps = trainer_.steps();
  interval_.learning_rate = trainer_.learning_rate();
  interval_.positions_per_s =
      rate(static_cast<double>(counts.moves - moves_before_), interval_.generate_s);
  interval_.evaluations_per_s =
      rate(static_cast<double>(counts.visits - visits_before_), interval_.generate_s);
  interval_.samples_per_s = rate(
      static_cast<double>(interval_.interval_steps) * options_.trainer.batch, interval_.train_s);
  interval_.seconds = elapsed();
  moves_before_ = counts.moves;
  visits_before_ = counts.visits;
  folder_.append_metrics(to_json_line(interval_));
  progress_.line(to_text(interval_));
  interval_ = {};
  checkpoint();
}

void Loop::measure() {
  if (options_.loop.measure_games == 0) return;
  const auto begin = Clock::now();
  DuelOptions duel_options;
  const auto choices = game_choices(options_.actor);
  duel_options.game = choices[choices.size() / 2];  // the middle of the komis
  duel_options.games = options_.loop.measure_games;
  duel_options.visits = options_.loop.measure_visits;
  duel_options.seed = static_cast<uint64_t>(options_.loop.seed) + counters_.network;
  duel_options.search = options_.search;
  const DuelResult result = duel(*evaluator_, *rival_evaluator_, duel_options, *stop_);
  if (result.games() == options_.loop.measure_games) interval_.elo = result.elo();
  rival_->load_state(newest_->state());
  rival_evaluator_->replace(*rival_);
  interval_.measure_s += seconds_since(begin);
}

void Loop::checkpoint() {
  store_.sync();
  Checkpoint checkpoint{counters_, trainer_.state()};
  checkpoint.counters.steps = trainer_.steps();
  if (begin_ != Clock::time_point{}) checkpoint.counters.seconds = elapsed();
  folder_.save(checkpoint);
}

}  // namespace tengen::selfplay
