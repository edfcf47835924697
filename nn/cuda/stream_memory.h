// Memory for what one call leaves on the device only until it is done: one block for each stream,
// since the calls of a stream follow each other.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <map>
#include <vector>

namespace tengen::nn {

class StreamMemory {
 public:
  StreamMemory() = default;
  ~StreamMemory();
  StreamMemory(const StreamMemory&) = delete;
  StreamMemory& operator=(const StreamMemory&) = delete;

  // At least so many bytes for the next work on `stream`, aligned to 256; what stood there before
  // is lost. Smaller blocks of before live on, for captured graphs may hold them; a block that
  // grows at least doubles, so that they are less than what is in use. May allocate, which a stream
  // that is being captured forbids: call once before.
  void* of(cudaStream_t stream, size_t bytes);

 private:
  struct Block {
    void* data;
    size_t bytes;
  };
  std::map<cudaStream_t, std::vector<Block>> blocks_;  // growing
};

}  // namespace tengen::nn
