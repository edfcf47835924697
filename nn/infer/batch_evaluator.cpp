#include "nn/infer/batch_evaluator.h"

#include <algorithm>
#include <utility>

#include "nn/base/check.h"
#include "nn/base/parallel.h"

namespace tengen::nn {

// Takes an idle workspace, or makes one, and gives it back unless the plan has changed meanwhile.
class BatchEvaluator::Lease {
 public:
  Lease(BatchEvaluator& owner, const Plan& plan) : owner_(owner), plan_(plan) {
    {
      const std::lock_guard lock(owner_.mutex_);
      if (owner_.plan_.get() == &plan_ && !owner_.idle_.empty()) {
        workspace_ = std::move(owner_.idle_.back());
        owner_.idle_.pop_back();
      }
    }
    if (!workspace_) workspace_ = plan_.make_workspace();
  }
  ~Lease() {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.plan_.get() == &plan_) owner_.idle_.push_back(std::move(workspace_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Plan::Workspace& workspace() { return *workspace_; }

 private:
  BatchEvaluator& owner_;
  const Plan& plan_;
  std::unique_ptr<Plan::Workspace> workspace_;
};

BatchEvaluator::BatchEvaluator(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {
  CHECK(plan_ != nullptr);
}

void BatchEvaluator::run(std::span<const BatchRow> rows) {
  run(
      static_cast<int64_t>(rows.size()), [&](int64_t i) { return rows[static_cast<size_t>(i)]; },
      [](int64_t) {});
}

// One piece of work for each row: a row is long (hundreds of microseconds) against the handing
// out of work, and rows end at different times when other programs share the cores.
void BatchEvaluator::run(int64_t rows, const std::function<BatchRow(int64_t)>& prepare,
                         const std::function<void(int64_t)>& finish) {
  const std::shared_ptr<const Plan> plan = this->plan();
  parallel_for(rows, [&](int64_t i) {
    const BatchRow row = prepare(i);
    Lease lease(*this, *plan);
    plan->run(row.inputs, row.outputs, lease.workspace());
    finish(i);
  });
}

void BatchEvaluator::replace(std::shared_ptr<const Plan> plan) {
  CHECK(plan != nullptr);
  const std::lock_guard lock(mutex_);
  CHECK(std::ranges::equal(plan->input_shapes(), plan_->input_shapes()));
  CHECK(std::ranges::equal(plan->output_shapes(), plan_->output_shapes()));
  plan_ = std::move(plan);
  idle_.clear();
}

std::unique_ptr<BatchRunner::UnderWay> BatchEvaluator::start(BatchJob job) {
  class Done : public UnderWay {
    void wait() override {}
  };
  run(job.rows, job.prepare, job.finish);
  return std::make_unique<Done>();
}

void BatchEvaluator::replace(const BatchGraph& network) {
  const std::shared_ptr<const Plan> before = plan();
  CHECK(before->precision() != PlanPrecision::kInt16);
  replace(std::make_shared<const Plan>(network.of(before->input_shapes()[0][0]),
                                       PlanOptions{before->precision(), {}}));
}

int64_t BatchEvaluator::preferred_rows() const { return worker_count(); }

std::shared_ptr<const Plan> BatchEvaluator::plan() const {
  const std::lock_guard lock(mutex_);
  return plan_;
}

}  // namespace tengen::nn
