// The positions of a game so far, as hashes, for the superko rules.
//
// A bit filter in front of the list answers most questions with one look; the list decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tengen::envs::go {

class PositionHistory {
 public:
  // `positions`: about how many will be recorded; it sizes the filter.
  explicit PositionHistory(int positions) {
    size_t words = 4;
    while (words * 64 < static_cast<size_t>(positions) * 8) words *= 2;
    filter_.resize(words);
  }

  void add(uint64_t hash) {
    hashes_.push_back(hash);
    filter_[word(hash)] |= bit(hash);
  }

  bool contains(uint64_t hash) const {
    if (!(filter_[word(hash)] & bit(hash))) return false;
    for (const uint64_t h : hashes_)
      if (h == hash) return true;
    return false;
  }

 private:
  size_t word(uint64_t hash) const { return (hash >> 6) & (filter_.size() - 1); }
  static uint64_t bit(uint64_t hash) { return uint64_t{1} << (hash & 63); }

  std::vector<uint64_t> hashes_;
  std::vector<uint64_t> filter_;  // a power of two of words
};

}  // namespace tengen::envs::go
