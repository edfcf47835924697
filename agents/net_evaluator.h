// A network as a search Evaluator, over nn's BatchEvaluator; a cache as a decorator; and the
// network's opinion of who will own each point.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "agents/calibration.h"
#include "agents/policy_value_net.h"
#include "nn/device.h"
#include "nn/infer/batch_runner.h"
#include "search/evaluator.h"

namespace tengen::nn {
class BatchEvaluator;
class Plan;
}  // namespace tengen::nn

namespace tengen::agents {

enum class Symmetry {
  kNone,    // the position as it stands
  kHashed,  // one of the game's symmetries, chosen by the position's key: random but repeatable
};

// The one that kHashed means for this position.
int hashed_symmetry(const envs::State& state);
// The features of a position under a symmetry, [H,W,planes].
std::vector<float> encoded(const envs::State& state, int symmetry);

// Where a NetEvaluator computes.
struct DeviceEvaluation {
  Symmetry symmetry = Symmetry::kHashed;
  std::vector<nn::Device*> devices = {&nn::cpu_device()};  // batches are dealt over several
  // Nothing: float16 on a GPU, float32 on the CPU.
  std::optional<nn::PlanPrecision> precision = std::nullopt;
  int most_rows = 512;  // of a batch on one GPU, which is what it prefers
};

// Several batches may be under way at once, each until its wait.
class NetEvaluator : public search::Evaluator {
 public:
  // Compiles `net` for the board of `spec`, calibrated if the precision asks for it; an Error
  // if the network is for another game.
  NetEvaluator(PolicyValueNet& net, const envs::GameSpec& spec, Symmetry symmetry,
               nn::PlanPrecision precision = nn::PlanPrecision::kFloat32);
  NetEvaluator(PolicyValueNet& net, const envs::GameSpec& spec, const DeviceEvaluation& where);
  ~NetEvaluator() override;
  // Over a plan for the board of `spec`, as compile makes them. If it runs in int16, `replace`
  // has no positions to calibrate with and may not be called.
  NetEvaluator(std::shared_ptr<const nn::Plan> plan, const envs::GameSpec& spec, Symmetry symmetry);

  void submit(search::EvalBatch& batch, int rows) override;
  void wait(search::EvalBatch& batch) override;
  int preferred_rows() const override;
  int batches_under_way() const override;

  // Takes new weights (same game and board) into use from the next submit on; any thread. They
  // are calibrated on the positions of the first ones.
  void replace(PolicyValueNet& net);
  nn::PlanPrecision precision() const;  // what it computes in

 private:
  std::unique_ptr<nn::BatchRunner> runner_on(const DeviceEvaluation& where, PolicyValueNet& net,
                                             const envs::GameSpec& spec) const;
  struct Flight;  // of one batch
  Flight* find_flight(const search::EvalBatch* batch);
  Flight& free_flight();
  // Where one row's numbers stand between encoding and decoding.
  struct RowBuffer {
    int symmetry = 0;
    std::vector<float> planes;  // [H,W,planes]
    std::vector<float> policy;  // [actions]
    float value = 0.0f;         // logit
    float score = 0.0f;         // in units of kScoreUnit
  };
  void encode(const envs::State& state, RowBuffer& buffer) const;
  void decode(const RowBuffer& buffer, search::EvalRow& row) const;

  const envs::GameSpec spec_;
  Symmetry symmetry_;
  const nn::PlanPrecision wanted_;
  const Calibration calibration_;  // empty but for int16
  std::unique_ptr<nn::BatchRunner> runner_;
  nn::BatchEvaluator* const on_cpu_;  // the runner, where it is one
  std::vector<std::unique_ptr<Flight>> flights_;
};

// Remembers judgements by State::key: a fixed table, the newest of a slot wins.
class CachedEvaluator : public search::Evaluator {
 public:
  CachedEvaluator(search::Evaluator& inner, const envs::State& prototype, size_t cache_mib);
  CachedEvaluator(std::unique_ptr<search::Evaluator> inner, const envs::State& prototype,
                  size_t cache_mib);
  ~CachedEvaluator() override;

  void submit(search::EvalBatch& batch, int rows) override;
  void wait(search::EvalBatch& batch) override;
  int preferred_rows() const override;
  int batches_under_way() const override;
  void clear();  // after the inner evaluator changed
  double hit_rate() const;

 private:
  struct Table;
  std::unique_ptr<search::Evaluator> owned_;  // inner_, where it was handed over
  search::Evaluator& inner_;
  std::unique_ptr<Table> table_;
};

// Who will own each point at the end, by the network: [H*W] in [-1, 1], +1 kFirst's. The mean
// over all symmetries of the position; for display and final_status_list, not for the search.
class OwnershipEvaluator {
 public:
  OwnershipEvaluator(PolicyValueNet& net, const envs::GameSpec& spec);
  std::vector<float> evaluate(const envs::State& state) const;

 private:
  const envs::GameSpec spec_;
  std::shared_ptr<const nn::Plan> plan_;
};

}  // namespace tengen::agents
