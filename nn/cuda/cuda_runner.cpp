#include "nn/cuda/cuda_runner.h"

#include <algorithm>
#include <utility>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/cuda/cuda_check.h"

namespace tengen::nn {

// A batch on its way, in pieces where it is larger than one batch of the device.
class CudaRunner::Flight : public BatchRunner::UnderWay {
 public:
  Flight(CudaRunner& runner, BatchJob job)
      : runner_(runner), job_(std::move(job)), rows_(static_cast<size_t>(job_.rows)) {}
  // Lanes of pieces that nobody waited for go back too, unless the device is lost.
  ~Flight() override {
    try {
      const OnDevice on(runner_.device_);
      for (Piece& piece : pieces_) land(piece);
    } catch (const CudaError&) {
    }
  }

  void wait() override {
    const OnDevice on(runner_.device_);
    for (Piece& piece : pieces_) {
      piece.lane->wait();
      parallel_ranges(piece.rows, 4, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          piece.lane->read(i, row(piece.begin + i));
          job_.finish(piece.begin + i);
        }
      });
      land(piece);
    }
  }

  // Prepares it at the first call.
  const BatchRow& row(int64_t i) {
    BatchRow& row = rows_[static_cast<size_t>(i)];
    if (row.outputs.empty()) row = job_.prepare(i);
    return row;
  }

  // So many rows have left, with all that is held until they are back.
  void add(int64_t rows, std::unique_ptr<BatchLane> lane, std::shared_ptr<CudaNetwork> network) {
    pieces_.push_back({sent_, rows, std::move(lane), std::move(network)});
    sent_ += rows;
  }
  int64_t sent() const { return sent_; }
  int64_t rest() const { return job_.rows - sent_; }

 private:
  struct Piece {
    int64_t begin, rows;
    std::unique_ptr<BatchLane> lane;
    std::shared_ptr<CudaNetwork> network;
  };
  void land(Piece& piece) {
    if (!piece.lane) return;
    piece.lane->wait();
    piece.network.reset();
    runner_.give_lane(std::move(piece.lane));
  }

  CudaRunner& runner_;
  const BatchJob job_;
  std::vector<BatchRow> rows_;
  std::vector<Piece> pieces_;
  int64_t sent_ = 0;
};

CudaRunner::CudaRunner(int device, const BatchGraph& network, const CudaRunnerOptions& options)
    : device_(device), options_(options), most_rows_(options.most_rows), memory_(device) {
  const OnDevice on(device);
  CHECK(options.most_rows >= 1);
  network_ = make_network(network, {options.most_rows});
}

CudaRunner::~CudaRunner() = default;

std::unique_ptr<BatchRunner::UnderWay> CudaRunner::start(BatchJob job) {
  const OnDevice on(device_);
  auto flight = std::make_unique<Flight>(*this, std::move(job));
  while (flight->rest() > 0) {
    const int64_t rows = std::min<int64_t>(flight->rest(), most_rows_);
    try {
      queue(*flight, rows);
    } catch (const OutOfDeviceMemory& error) {
      halve(rows, error);
    }
  }
  return flight;
}

// Packing goes on beside other batches; the streams are one thread's at a time.
void CudaRunner::queue(Flight& flight, int64_t rows) {
  std::unique_lock lock(mutex_);
  std::shared_ptr<CudaNetwork> network = network_;
  std::shared_ptr<const CudaPlan> plan =
      network->plan_for(rows, std::max<int64_t>(rows, most_rows_));
  std::unique_ptr<BatchLane> lane = take_lane();
  lock.unlock();
  lane->reserve(*plan, rows);
  lane->fill(
      [&, begin = flight.sent()](int64_t i) -> const BatchRow& { return flight.row(begin + i); });
  lock.lock();
  try {
    lane->queue(*plan, network->device().stream());
  } catch (const CudaError&) {
    static_cast<void>(cudaStreamSynchronize(network->device().stream()));  // it may use the lane
    throw;
  }
  flight.add(rows, std::move(lane), std::move(network));
}

void CudaRunner::replace(const BatchGraph& network) {
  const OnDevice on(device_);
  const std::lock_guard one_at_a_time(replacing_);
  std::vector<int64_t> sizes;
  {
    const std::lock_guard lock(mutex_);
    sizes = network_->sizes();
  }
  std::shared_ptr<CudaNetwork> fresh = make_network(network, sizes);
  const std::lock_guard lock(mutex_);
  std::swap(network_, fresh);
}

// Plans of those sizes that are still allowed.
std::shared_ptr<CudaNetwork> CudaRunner::make_network(const BatchGraph& network,
                                                      const std::vector<int64_t>& sizes) {
  const auto made =
      std::make_shared<CudaNetwork>(network, idle_device(), options_.precision, choice_);
  for (size_t i = 0; i < sizes.size();) {
    const int64_t most = most_rows_, rows = std::min(sizes[i], most);
    try {
      made->plan_for(rows, most);
      ++i;
    } catch (const OutOfDeviceMemory& error) {
      halve(rows, error);
      made->drop_above(most_rows_);
    }
  }
  return made;
}

// One whose network is no longer in use. Products in float32 stay exact: they are heads.
std::shared_ptr<CudaDevice> CudaRunner::idle_device() {
  for (const auto& device : devices_)
    if (device.use_count() == 1) return device;
  return devices_.emplace_back(
      std::make_shared<CudaDevice>(device_, CudaDeviceOptions{.tf32 = false}));
}

std::unique_ptr<BatchLane> CudaRunner::take_lane() {
  if (idle_lanes_.empty()) return std::make_unique<BatchLane>(memory_, options_.legal_output);
  std::unique_ptr<BatchLane> lane = std::move(idle_lanes_.back());
  idle_lanes_.pop_back();
  return lane;
}

void CudaRunner::give_lane(std::unique_ptr<BatchLane> lane) {
  const std::lock_guard lock(mutex_);
  idle_lanes_.push_back(std::move(lane));
}

void CudaRunner::halve(int64_t rows, const OutOfDeviceMemory& error) {
  if (rows == 1) throw error;
  const std::lock_guard lock(mutex_);
  most_rows_ = std::min<int64_t>(most_rows_, rows / 2);
  idle_lanes_.clear();
  memory_.release_idle();
  if (network_) network_->drop_above(most_rows_);
  if (std::exchange(told_, true) || !options_.tell) return;
  options_.tell("cuda:" + std::to_string(device_) + " has too little memory for batches of " +
                std::to_string(rows) + " positions; smaller ones are used from now on (" +
                error.what() + ")");
}

}  // namespace tengen::nn
