// CudaRunner: the batches of many callers on one GPU.
//
//   workers:      encode, pack into pinned memory            unpack, decode
//   lane's stream:                       copy in |  ...            | copy out
//   plans' stream:                               | expand, network |
//
// Each batch under way has a lane of its own, so that while one is computed the next is copied in
// and the one before is copied out. A plan is made for each power of two of rows when it is first
// needed; a batch runs in the smallest that holds it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "nn/cuda/batch_lane.h"
#include "nn/cuda/cuda_network.h"
#include "nn/infer/batch_runner.h"

namespace tengen::nn {

struct CudaRunnerOptions {
  PlanPrecision precision = PlanPrecision::kFloat16;  // or kFloat32
  int64_t most_rows = 512;                            // of one batch
  // An output of logits [rows, moves] that comes back as log-probabilities of the legal moves,
  // those whose bits are set in BatchRow::legal; -1: none.
  int legal_output = -1;
  // Told once, in one line, when the batches have to be made smaller for lack of memory.
  std::function<void(const std::string& line)> tell = nullptr;
};

class CudaRunner : public BatchRunner {
 public:
  // An Error where there is no such GPU or the network holds what plans do not know.
  CudaRunner(int device, const BatchGraph& network, const CudaRunnerOptions& options = {});
  ~CudaRunner() override;

  // DeviceLost comes from here or from wait, and nothing works afterwards.
  std::unique_ptr<UnderWay> start(BatchJob job) override;
  void replace(const BatchGraph& network) override;
  int64_t preferred_rows() const override { return most_rows_; }
  PlanPrecision precision() const override { return options_.precision; }

 private:
  class Flight;

  std::shared_ptr<CudaNetwork> make_network(const BatchGraph& network,
                                            const std::vector<int64_t>& sizes);
  std::shared_ptr<CudaDevice> idle_device();
  std::unique_ptr<BatchLane> take_lane();
  void give_lane(std::unique_ptr<BatchLane> lane);
  void queue(Flight& flight, int64_t rows);  // of its rest, so many
  // Fewer rows than these in a batch from now on; the error where they were only one.
  void halve(int64_t rows, const OutOfDeviceMemory& error);

  const int device_;
  const CudaRunnerOptions options_;
  ConvolutionChoice choice_;
  std::atomic<int64_t> most_rows_;
  DeviceMemory memory_;  // of the lanes

  std::mutex replacing_;  // guards devices_
  std::vector<std::shared_ptr<CudaDevice>> devices_;
  std::mutex mutex_;  // guards all below, and the stream of network_
  std::shared_ptr<CudaNetwork> network_;
  std::vector<std::unique_ptr<BatchLane>> idle_lanes_;
  bool told_ = false;
};

}  // namespace tengen::nn
