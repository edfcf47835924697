// Memory for values that live for a while, placed before anything runs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tengen::nn {

// By first fit, in pieces of 16 floats: the living blocks, sorted by where they begin.
class FirstFit {
 public:
  int64_t take(int64_t floats) {
    floats = std::max<int64_t>(16, (floats + 15) / 16 * 16);
    int64_t at = 0;
    auto next = blocks_.begin();
    while (next != blocks_.end() && next->begin < at + floats) at = (next++)->end;
    blocks_.insert(next, {at, at + floats});
    most_ = std::max(most_, at + floats);
    return at;
  }
  void give_back(int64_t at) {
    std::erase_if(blocks_, [&](const Block& b) { return b.begin == at; });
  }
  int64_t most() const { return most_; }

 private:
  struct Block {
    int64_t begin, end;
  };
  std::vector<Block> blocks_;
  int64_t most_ = 0;
};

}  // namespace tengen::nn
