#include "nn/cuda/batch_lane.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/cuda/cuda_check.h"
#include "nn/cuda/plan_kernels.h"

namespace tengen::nn {
namespace {

constexpr int64_t kRowsATask = 4;
// Fewer points than this are not worth a word of bits and a number a plane.
constexpr int64_t kPackedPoints = 8;
constexpr size_t kAlignment = 256;

size_t aligned(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Calls visit(i) for every row, on the workers.
template <class Visit>
void for_each_row(int64_t rows, const Visit& visit) {
  parallel_ranges(rows, kRowsATask, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) visit(i);
  });
}

}  // namespace

BatchLane::BatchLane(DeviceMemory memory, int legal_output)
    : memory_(std::move(memory)),
      legal_output_(legal_output),
      copies_(make_stream()),
      arrived_(make_event()),
      computed_(make_event()),
      done_(make_event()) {}

BatchLane::~BatchLane() { static_cast<void>(cudaStreamSynchronize(copies_.get())); }

void BatchLane::reserve(const CudaPlan& plan, int64_t rows) {
  rows_ = rows;
  inputs_.clear();
  outputs_.clear();
  for (const Shape& shape : plan.input_shapes()) {
    const int64_t planes = std::max<int64_t>(1, shape[-1]);
    Input& input = inputs_.emplace_back();
    input.shape = {shape.size() / shape[0] / planes, planes};
    input.can_be_packed = input.packed = input.shape.points >= kPackedPoints;
  }
  out_bytes_ = 0;
  for (const Shape& shape : plan.output_shapes()) {
    outputs_.push_back({shape.size() / shape[0], out_bytes_});
    out_bytes_ += aligned(static_cast<size_t>(rows_ * outputs_.back().floats) * sizeof(float));
  }
  legal_words_ = legal_output_ < 0 ? 0 : (outputs_.at(legal_output_).floats + 31) / 32;
  grow(place_inputs(), out_bytes_);
}

size_t BatchLane::place_inputs() {
  in_bytes_ = 0;
  for (Input& input : inputs_) {
    input.at = in_bytes_;
    in_bytes_ += aligned(static_cast<size_t>(rows_ * input.words()) * sizeof(float));
  }
  legal_at_ = in_bytes_;
  in_bytes_ += static_cast<size_t>(rows_ * legal_words_) * sizeof(uint32_t);
  return in_bytes_;
}

void BatchLane::grow(size_t in_bytes, size_t out_bytes) {
  if (in_bytes > in_capacity_) {
    in_capacity_ = 0;
    in_ = PinnedMemory(in_bytes);
    device_in_ = memory_.allocate(in_bytes);
    in_capacity_ = in_bytes;
  }
  if (out_bytes > out_capacity_) {
    out_capacity_ = 0;
    out_ = PinnedMemory(out_bytes);
    device_out_ = memory_.allocate(out_bytes);
    out_capacity_ = out_bytes;
  }
}

// One row that cannot be packed, and its input goes as floats for the whole batch.
void BatchLane::fill(const Rows& row) {
  while (!pack(row)) grow(place_inputs(), 0);
  copy_legal(row);
}

bool BatchLane::pack(const Rows& row) {
  std::vector<std::atomic<bool>> refused(inputs_.size());
  for_each_row(rows_, [&](int64_t i) {
    const BatchRow& numbers = row(i);
    for (size_t k = 0; k < inputs_.size(); ++k) {
      const Input& input = inputs_[k];
      const float* const from = numbers.inputs[k];
      uint32_t* const to =
          reinterpret_cast<uint32_t*>(in_.as<char>() + input.at) + i * input.words();
      if (!input.packed)
        std::memcpy(to, from, static_cast<size_t>(input.words()) * sizeof(float));
      else if (!refused[k] && !pack_planes(input.shape, from, to))
        refused[k] = true;
    }
  });
  bool all = true;
  for (size_t k = 0; k < inputs_.size(); ++k) {
    if (refused[k]) all = inputs_[k].packed = false;
  }
  return all;
}

void BatchLane::copy_legal(const Rows& row) {
  if (legal_words_ == 0) return;
  auto* const to = reinterpret_cast<uint32_t*>(in_.as<char>() + legal_at_);
  for_each_row(rows_, [&](int64_t i) {
    const uint32_t* const legal = row(i).legal;
    CHECK(legal != nullptr);
    std::copy_n(legal, legal_words_, to + i * legal_words_);
  });
}

void BatchLane::queue(const CudaPlan& plan, cudaStream_t stream) {
  CUDA_CHECK(cudaMemcpyAsync(device_in_.get(), in_.as<char>(), in_bytes_, cudaMemcpyHostToDevice,
                             copies_.get()));
  CUDA_CHECK(cudaEventRecord(arrived_.get(), copies_.get()));
  CUDA_CHECK(cudaStreamWaitEvent(stream, arrived_.get(), 0));
  for (size_t k = 0; k < inputs_.size(); ++k) expand(plan, k, stream);
  plan.queue();
  for (size_t k = 0; k < outputs_.size(); ++k) take_output(plan, k, stream);
  CUDA_CHECK(cudaEventRecord(computed_.get(), stream));
  CUDA_CHECK(cudaStreamWaitEvent(copies_.get(), computed_.get(), 0));
  CUDA_CHECK(cudaMemcpyAsync(out_.as<char>(), device_out_.get(), out_bytes_, cudaMemcpyDeviceToHost,
                             copies_.get()));
  CUDA_CHECK(cudaEventRecord(done_.get(), copies_.get()));
}

void BatchLane::expand(const CudaPlan& plan, size_t k, cudaStream_t stream) const {
  const Input& input = inputs_[k];
  const Slot& slot = plan.input(k);
  const int64_t points = rows_ * input.shape.points, planes = input.shape.planes;
  const char* const from = static_cast<const char*>(device_in_.get()) + input.at;
  auto* const halves = static_cast<__half*>(plan.input_data(k));
  auto* const floats = static_cast<float*>(plan.input_data(k));
  if (input.packed && slot.half)
    expand_planes(input.shape, rows_, reinterpret_cast<const uint32_t*>(from), halves,
                  slot.stride(), stream);
  else if (input.packed)
    expand_planes(input.shape, rows_, reinterpret_cast<const uint32_t*>(from), floats, planes,
                  stream);
  else if (slot.half)
    floats_to_halves(points, planes, reinterpret_cast<const float*>(from), nullptr, slot.stride(),
                     halves, stream);
  else
    CUDA_CHECK(cudaMemcpyAsync(floats, from, static_cast<size_t>(points * planes) * sizeof(float),
                               cudaMemcpyDeviceToDevice, stream));
}

void BatchLane::take_output(const CudaPlan& plan, size_t k, cudaStream_t stream) const {
  const Output& output = outputs_[k];
  float* const to = reinterpret_cast<float*>(static_cast<char*>(device_out_.get()) + output.at);
  const float* const from = plan.output_data(k);
  if (static_cast<int>(k) == legal_output_)
    legal_log_softmax(
        rows_, output.floats, from,
        reinterpret_cast<const uint32_t*>(static_cast<char*>(device_in_.get()) + legal_at_), to,
        stream);
  else
    CUDA_CHECK(cudaMemcpyAsync(to, from, static_cast<size_t>(rows_ * output.floats) * sizeof(float),
                               cudaMemcpyDeviceToDevice, stream));
}

void BatchLane::wait() const { CUDA_CHECK(cudaEventSynchronize(done_.get())); }

void BatchLane::read(int64_t i, const BatchRow& row) const {
  for (size_t k = 0; k < outputs_.size(); ++k) {
    const auto* const from = reinterpret_cast<const float*>(out_.as<char>() + outputs_[k].at);
    std::copy_n(from + i * outputs_[k].floats, outputs_[k].floats, row.outputs[k]);
  }
}

}  // namespace tengen::nn
