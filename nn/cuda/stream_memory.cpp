#include "nn/cuda/stream_memory.h"

#include <algorithm>

#include "nn/cuda/cuda_check.h"

namespace tengen::nn {

StreamMemory::~StreamMemory() {
  for (const auto& [stream, blocks] : blocks_)
    for (const Block& block : blocks) static_cast<void>(cudaFree(block.data));
}

void* StreamMemory::of(cudaStream_t stream, size_t bytes) {
  std::vector<Block>& blocks = blocks_[stream];
  if (blocks.empty() || blocks.back().bytes < bytes) {
    const size_t size = blocks.empty() ? bytes : std::max(bytes, 2 * blocks.back().bytes);
    blocks.reserve(blocks.size() + 1);
    void* data;
    CUDA_CHECK(cudaMalloc(&data, std::max<size_t>(size, 1)));
    blocks.push_back({data, size});
  }
  return blocks.back().data;
}

}  // namespace tengen::nn
