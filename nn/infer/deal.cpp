#include "nn/infer/deal.h"

#include <utility>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

class Shares : public BatchRunner::UnderWay {
 public:
  void add(std::unique_ptr<UnderWay> share) { shares_.push_back(std::move(share)); }
  void wait() override {
    for (const auto& share : shares_) share->wait();
  }

 private:
  std::vector<std::unique_ptr<UnderWay>> shares_;
};

BatchJob share_of(const BatchJob& job, int64_t begin, int64_t end) {
  return {end - begin, [prepare = job.prepare, begin](int64_t i) { return prepare(begin + i); },
          [finish = job.finish, begin](int64_t i) { finish(begin + i); }};
}

}  // namespace

DealtRunner::DealtRunner(std::vector<std::unique_ptr<BatchRunner>> runners)
    : runners_(std::move(runners)) {
  CHECK(!runners_.empty());
  for (const auto& runner : runners_) CHECK(runner->precision() == precision());
}

std::unique_ptr<BatchRunner::UnderWay> DealtRunner::start(BatchJob job) {
  auto shares = std::make_unique<Shares>();
  int64_t preferred = preferred_rows(), begin = 0;
  for (const auto& runner : runners_) {
    const int64_t own = runner->preferred_rows();
    const int64_t rows = ((job.rows - begin) * own + preferred - 1) / preferred;
    preferred -= own;
    if (rows > 0) shares->add(runner->start(share_of(job, begin, begin + rows)));
    begin += rows;
  }
  return shares;
}

void DealtRunner::replace(const BatchGraph& network) {
  for (const auto& runner : runners_) runner->replace(network);
}

int64_t DealtRunner::preferred_rows() const {
  int64_t rows = 0;
  for (const auto& runner : runners_) rows += runner->preferred_rows();
  return rows;
}

PlanPrecision DealtRunner::precision() const { return runners_.front()->precision(); }

}  // namespace tengen::nn
