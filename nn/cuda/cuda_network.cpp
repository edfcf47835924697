#include "nn/cuda/cuda_network.h"

#include <algorithm>
#include <bit>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

// Fewer rows cost no less time.
constexpr int64_t kLeastRows = 8;

int64_t plan_rows(int64_t rows, int64_t most) {
  const auto power = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(rows)));
  return std::min(std::max(power, kLeastRows), most);
}

}  // namespace

CudaNetwork::CudaNetwork(const BatchGraph& graph, std::shared_ptr<CudaDevice> device,
                         PlanPrecision precision, ConvolutionChoice& choice)
    : graph_(graph), device_(std::move(device)), precision_(precision), choice_(choice) {}

std::shared_ptr<const CudaPlan> CudaNetwork::plan_for(int64_t rows, int64_t most) {
  CHECK(rows <= most);
  const int64_t size = plan_rows(rows, most);
  std::shared_ptr<const CudaPlan>& plan = plans_[size];
  if (!plan)
    plan = std::make_shared<const CudaPlan>(graph_.of(size), *device_, precision_, choice_);
  return plan;
}

std::vector<int64_t> CudaNetwork::sizes() const {
  std::vector<int64_t> sizes;
  for (const auto& [rows, plan] : plans_)
    if (plan) sizes.push_back(rows);
  return sizes;
}

void CudaNetwork::drop_above(int64_t rows) {
  device_->synchronize();
  plans_.erase(plans_.upper_bound(rows), plans_.end());
  device_->memory().release_idle();
}

}  // namespace tengen::nn
