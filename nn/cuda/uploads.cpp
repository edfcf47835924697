#include "nn/cuda/uploads.h"

#include <algorithm>
#include <cstring>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {
namespace {

constexpr size_t kStageBytes = size_t{4} << 20;
constexpr size_t kAlignment = 256;

}  // namespace

Uploads::Stage& Uploads::open_stage() {
  if (stages_[turn_].used < stages_[turn_].memory.bytes()) return stages_[turn_];
  turn_ = 1 - turn_;
  Stage& next = stages_[turn_];
  if (next.sent) {
    CUDA_CHECK(cudaEventSynchronize(next.sent.get()));
  } else {
    next.memory = PinnedMemory(kStageBytes);
    next.sent = make_event();
  }
  next.used = 0;
  return next;
}

void Uploads::copy(void* to, const void* from, size_t bytes, cudaStream_t stream) {
  const std::lock_guard lock(mutex_);
  for (size_t done = 0; done < bytes;) {
    Stage& stage = open_stage();
    const size_t piece = std::min(bytes - done, stage.memory.bytes() - stage.used);
    char* const place = stage.memory.as<char>() + stage.used;
    std::memcpy(place, static_cast<const char*>(from) + done, piece);
    CUDA_CHECK(cudaMemcpyAsync(static_cast<char*>(to) + done, place, piece, cudaMemcpyHostToDevice,
                               stream));
    CUDA_CHECK(cudaEventRecord(stage.sent.get(), stream));
    stage.used = std::min((stage.used + piece + kAlignment - 1) / kAlignment * kAlignment,
                          stage.memory.bytes());
    done += piece;
  }
}

}  // namespace tengen::nn
