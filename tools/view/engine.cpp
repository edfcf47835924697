#include "tools/view/engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "agents/net_evaluator.h"
#include "agents/pass_guard.h"
#include "agents/precision_report.h"
#include "nn/base/check.h"
#include "search/drive.h"
#include "search/move_choice.h"
#include "search/stand_ins.h"

namespace tengen::tools::view {
namespace {

constexpr double kNewsSeconds = 0.1;  // between two judgements of one position
constexpr size_t kCacheMib = 16;
constexpr size_t kTreeMib = 96;  // when it is used up the tree stops growing and still searches

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<float> softmax(const std::vector<float>& logits, const envs::State& state) {
  std::vector<envs::Action> legal;
  state.legal(legal);
  std::vector<float> chances(logits.size(), 0.0f);
  float greatest = -1e30f, sum = 0.0f;
  for (const envs::Action a : legal) greatest = std::max(greatest, logits[static_cast<size_t>(a)]);
  for (const envs::Action a : legal)
    sum += chances[static_cast<size_t>(a)] = std::exp(logits[static_cast<size_t>(a)] - greatest);
  for (float& chance : chances) chance /= sum;
  return chances;
}

}  // namespace

const std::vector<Level>& levels() {
  static const std::vector<Level> all{
      {"1 · first impression, drawn by chance", 1, 1.0f},
      {"2 · first impression", 1, 0.0f},
      {"3 · 16 looks ahead, some chance", 16, 0.5f},
      {"4 · 60 looks ahead", 60, 0.0f},
      {"5 · 250 looks ahead", 250, 0.0f},
      {"6 · 1,000 looks ahead", 1000, 0.0f},
      {"7 · 4,000 looks ahead", 4000, 0.0f},
  };
  return all;
}

struct Engine::Job {
  uint64_t number = 0;
  std::unique_ptr<envs::State> position;
  std::optional<Level> level;  // choose; nothing: analyse
  uint64_t seed = 0;
};

struct Engine::Brain {
  explicit Brain(std::string path) : file(std::move(path)) {}

  std::string file;
  std::shared_ptr<agents::PolicyValueNet> net;
  std::string game;  // that the evaluators are for
  std::unique_ptr<search::Evaluator> evaluator;
  std::unique_ptr<agents::OwnershipEvaluator> owners;

  // Games without a network are judged by playouts.
  void prepare(const envs::State& position) {
    const envs::GameSpec& spec = position.spec();
    if (evaluator && game == spec.name) return;
    if (!net) net = file.empty() ? agents::shipped_net() : agents::load_net(file);
    owners.reset();
    const std::string family = spec.name.substr(0, spec.name.find(':'));
    if (net->config().game != family) {
      evaluator = std::make_unique<search::RolloutEvaluator>(8, 1);
    } else {
      const auto precision = agents::advised_precision(agents::carried_reports(file), spec);
      evaluator = std::make_unique<agents::CachedEvaluator>(
          std::make_unique<agents::NetEvaluator>(*net, spec, agents::Symmetry::kHashed, precision),
          position, kCacheMib);
      owners = std::make_unique<agents::OwnershipEvaluator>(*net, spec);
    }
    game = spec.name;
  }
};

Engine::Engine(std::string net, int most_visits)
    : net_(std::move(net)), most_visits_(most_visits), thread_([this] { work(); }) {}

Engine::~Engine() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    stop_ = true;
  }
  told_.notify_one();
  thread_.join();
}

void Engine::give(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    if (job) job->number = ++positions_;
    job_ = std::move(job);
    judgement_.reset();
    chosen_.reset();
    stop_ = true;
  }
  told_.notify_one();
}

uint64_t Engine::analyse(const envs::State& position) {
  auto job = std::make_unique<Job>();
  job->position = position.clone();
  give(std::move(job));
  const std::lock_guard lock(mutex_);
  return positions_;
}

void Engine::choose(const envs::State& position, const Level& level, uint64_t seed) {
  auto job = std::make_unique<Job>();
  job->position = position.clone();
  job->level = level;
  job->seed = seed;
  give(std::move(job));
}

void Engine::rest() { give(nullptr); }

void Engine::look_over(std::vector<std::unique_ptr<envs::State>> positions) {
  {
    const std::lock_guard lock(mutex_);
    positions_to_look_over_ = std::move(positions);
    impressions_.clear();
  }
  told_.notify_one();
}

std::vector<Impression> Engine::looked_over() {
  const std::lock_guard lock(mutex_);
  return std::exchange(impressions_, {});
}

std::optional<Judgement> Engine::judgement() const {
  const std::lock_guard lock(mutex_);
  return judgement_;
}

std::optional<Chosen> Engine::chosen() {
  const std::lock_guard lock(mutex_);
  return std::exchange(chosen_, std::nullopt);
}

std::string Engine::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Engine::work() {
  Brain brain(net_);
  for (;;) {
    std::unique_ptr<Job> job;
    std::vector<std::unique_ptr<envs::State>> many;
    {
      std::unique_lock lock(mutex_);
      told_.wait(lock, [&] { return ends_ || job_ || !positions_to_look_over_.empty(); });
      if (ends_) return;
      many = std::exchange(positions_to_look_over_, {});
      job = std::move(job_);
      stop_ = false;
    }
    try {
      if (!many.empty()) look_at_all(brain, many);
      if (!job) continue;
      brain.prepare(*job->position);
      if (job->level)
        choose_move(brain, *job);
      else
        analyse_until_told(brain, *job);
    } catch (const Error& error) {
      const std::lock_guard lock(mutex_);
      trouble_ = error.what();
      ++news_;
    }
  }
}

void Engine::publish(const Judgement& judgement) {
  const std::lock_guard lock(mutex_);
  if (!stop_) judgement_ = judgement;
  ++news_;
}

void Engine::analyse_until_told(Brain& brain, const Job& job) {
  const envs::State& position = *job.position;
  if (position.outcome()) return;
  Judgement judgement;
  judgement.position = job.number;
  search::EvalBatch batch(position, 1);
  batch.row(0).state->copy_from(position);
  brain.evaluator->submit(batch, 1);
  brain.evaluator->wait(batch);
  judgement.policy = softmax(batch.row(0).logits, position);
  if (brain.owners) judgement.ownership = brain.owners->evaluate(position);

  search::Search search(position, {.memory_mib = kTreeMib}, job.number);
  const double begin = now();
  int next = 16;
  while (!stop_ && search.visits() < most_visits_) {
    const double slice = now();
    const int before = search.visits();
    search::drive(search, *brain.evaluator, {.visits = std::min(next, most_visits_)},
                  {.stop_when_decided = false, .stop = &stop_});
    judgement.report = search.report();
    judgement.visits_per_s = search.visits() / std::max(1e-6, now() - begin);
    publish(judgement);
    if (search.visits() == before) break;  // nothing is left to be looked at
    const double took = std::max(1e-4, now() - slice);
    const double wanted = (search.visits() - before) * kNewsSeconds / took;
    // At most twice as many: what the cache remembered came faster than what is new will.
    next = search.visits() + std::clamp(static_cast<int>(wanted), 8, search.visits());
  }
}

void Engine::look_at_all(Brain& brain, std::vector<std::unique_ptr<envs::State>>& positions) {
  brain.prepare(*positions.front());
  search::EvalBatch batch(*positions.front(), 1);
  std::vector<Impression> impressions;
  for (const auto& position : positions) {
    Impression impression;
    if (const auto outcome = position->outcome()) {
      impression = {outcome->value, outcome->score};
    } else {
      batch.row(0).state->copy_from(*position);
      brain.evaluator->submit(batch, 1);
      brain.evaluator->wait(batch);
      const float sign = position->to_play() == envs::Player::kFirst ? 1.0f : -1.0f;
      impression = {sign * batch.row(0).value, sign * batch.row(0).score};
    }
    impressions.push_back(impression);
  }
  const std::lock_guard lock(mutex_);
  if (!positions_to_look_over_.empty()) return;  // another line is wanted by now
  impressions_ = std::move(impressions);
  ++news_;
}

void Engine::choose_move(Brain& brain, const Job& job) {
  search::Search search(*job.position, {.memory_mib = kTreeMib}, job.number);
  // A search of one visit knows the network's chances; each move is then as likely as they say.
  search::drive(search, *brain.evaluator, {.visits = job.level->visits}, {.stop = &stop_});
  if (stop_) return;
  search::Report report = search.report();
  if (job.level->visits == 1)
    for (search::MoveStats& move : report.moves)
      move.visits = static_cast<int>(std::lround(1e6f * move.prior)) + 1;
  std::sort(report.moves.begin(), report.moves.end(),
            [](const auto& a, const auto& b) { return a.visits > b.visits; });
  Rng rng(job.seed, job.number);
  const envs::Action action = agents::guard_pass(
      *job.position, report, search::choose_by_visits(report, job.level->temperature, rng));
  const float sign = job.position->to_play() == envs::Player::kFirst ? 1.0f : -1.0f;
  const std::lock_guard lock(mutex_);
  if (!stop_) chosen_ = Chosen{action, {sign * report.value, sign * report.score}};
  ++news_;
}

}  // namespace tengen::tools::view
