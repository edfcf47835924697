#include "nn/cpu/scratch.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

namespace tengen::nn {
namespace {

struct Free {
  void operator()(float* p) const { std::free(p); }
};
struct Block {
  std::unique_ptr<float, Free> data;
  size_t bytes = 0;
};
// blocks[0, used) belong to living Scratches, oldest first; the rest wait.
struct Stack {
  std::vector<Block> blocks;
  size_t used = 0;
};
thread_local Stack stack;

}  // namespace

Scratch::Scratch(int64_t floats) {
  const size_t bytes =
      (static_cast<size_t>(std::max<int64_t>(floats, 16)) * sizeof(float) + 63) / 64 * 64;
  if (stack.used == stack.blocks.size()) stack.blocks.emplace_back();
  Block& block = stack.blocks[stack.used];
  if (block.bytes < bytes) {
    block.data.reset();
    block.bytes = 0;
    block.data.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
    if (!block.data) throw std::bad_alloc();
    block.bytes = bytes;
  }
  ++stack.used;
  data_ = block.data.get();
}

Scratch::~Scratch() { --stack.used; }

}  // namespace tengen::nn
