// The way of one batch to a GPU and back: pinned and device memory for what goes in and what comes
// out, a stream for the copies, and events that order them with the network's stream.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "nn/cuda/cuda_plan.h"
#include "nn/cuda/device_memory.h"
#include "nn/cuda/handles.h"
#include "nn/cuda/packed_planes.h"
#include "nn/infer/batch_runner.h"

namespace tengen::nn {

class BatchLane {
 public:
  // On the current device, whose memory comes from the pool. legal_output as CudaRunnerOptions'.
  BatchLane(DeviceMemory memory, int legal_output);
  ~BatchLane();  // waits for its copies

  // Room for the rows of a batch, in the sizes of the plan's inputs and outputs. The lane's batch
  // before is done. May run out of memory.
  void reserve(const CudaPlan& plan, int64_t rows);
  // Writes the inputs of row(0), row(1), ... to pinned memory, by all workers: packed where all
  // rows allow it. Some rows may be asked for again.
  using Rows = std::function<const BatchRow&(int64_t i)>;
  void fill(const Rows& row);
  // Queues copies and the run of the plan, whose stream is `stream`.
  void queue(const CudaPlan& plan, cudaStream_t stream);
  void wait() const;  // until the outputs stand in pinned memory
  // To where the row's caller wants them.
  void read(int64_t i, const BatchRow& row) const;

 private:
  // An input of the network on its way: row after row of words or of floats, from byte `at` on.
  struct Input {
    PlanesShape shape;  // of a row
    bool can_be_packed = false, packed = false;
    size_t at = 0;
    int64_t words() const { return packed ? shape.words() : shape.points * shape.planes; }
  };
  struct Output {
    int64_t floats = 0;  // of a row
    size_t at = 0;
  };

  size_t place_inputs();
  bool pack(const Rows& row);
  void copy_legal(const Rows& row);
  void grow(size_t in_bytes, size_t out_bytes);
  void expand(const CudaPlan& plan, size_t input, cudaStream_t stream) const;
  void take_output(const CudaPlan& plan, size_t output, cudaStream_t stream) const;

  DeviceMemory memory_;
  const int legal_output_;
  Stream copies_;
  Event arrived_, computed_, done_;
  PinnedMemory in_, out_;
  std::shared_ptr<void> device_in_, device_out_;
  size_t in_capacity_ = 0, out_capacity_ = 0;

  int64_t rows_ = 0;  // of the batch
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  size_t legal_at_ = 0, in_bytes_ = 0, out_bytes_ = 0;
  int64_t legal_words_ = 0;  // of a row
};

}  // namespace tengen::nn
