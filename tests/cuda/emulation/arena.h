// The emulated GPU's memory: one stretch of addresses, closed to the host, with guards around each
// allocation. Not for several threads at once.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <string>

#include "nn/base/check.h"

namespace tengen::emulation {

class Arena {
 public:
  Arena() {
    void* at =
        mmap(nullptr, kArenaBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(at != MAP_FAILED);
    base_ = static_cast<unsigned char*>(at);
    free_[0] = kArenaBytes;
  }

  void* allocate(size_t bytes) {
    const size_t whole = (bytes + 2 * kGuard + 511) / 512 * 512;
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      if (it->second < whole) continue;
      const size_t at = it->first, rest = it->second - whole;
      free_.erase(it);
      if (rest > 0) free_[at + whole] = rest;
      taken_[at] = {whole, bytes};
      used_ += bytes;
      const bool was_closed = open_ == 0;
      if (was_closed) open();
      std::memset(base_ + at, kGuardByte, whole);
      std::memset(base_ + at + kGuard, 0xff, bytes);
      if (was_closed) close();
      return base_ + at + kGuard;
    }
    return nullptr;
  }

  bool free(void* pointer) {
    const auto it =
        taken_.find(static_cast<size_t>(static_cast<unsigned char*>(pointer) - base_) - kGuard);
    if (it == taken_.end()) return false;
    check_guards(it->first, it->second);
    used_ -= it->second.bytes;
    give_pages_back(it->first, it->second.whole);
    give(it->first, it->second.whole);
    taken_.erase(it);
    return true;
  }

  // Calls nest; the host is one thread here, which run_all's lock sees to.
  void open() {
    if (open_++ == 0) CHECK(mprotect(base_, kArenaBytes, PROT_READ | PROT_WRITE) == 0);
  }
  void close() {
    if (--open_ == 0) CHECK(mprotect(base_, kArenaBytes, PROT_NONE) == 0);
  }
  size_t used() const { return used_; }
  bool holds(const void* pointer) const {
    return pointer >= base_ && pointer < base_ + kArenaBytes;
  }

 private:
  static constexpr size_t kArenaBytes = size_t{4} << 30;  // of addresses
  static constexpr size_t kGuard = 256;
  static constexpr unsigned char kGuardByte = 0xa5;

  struct Taken {
    size_t whole, bytes;
  };

  void check_guards(size_t at, const Taken& taken) {
    open();
    size_t i = 0;
    while (i < taken.whole &&
           ((i >= kGuard && i < kGuard + taken.bytes) || base_[at + i] == kGuardByte))
      ++i;
    close();
    if (i < taken.whole)
      throw CheckFailure("a kernel wrote at byte " +
                         std::to_string(static_cast<int64_t>(i) - static_cast<int64_t>(kGuard)) +
                         " of device memory of " + std::to_string(taken.bytes));
  }

  // Opening and closing take the longer the more pages have been touched.
  void give_pages_back(size_t at, size_t size) {
    constexpr size_t kPage = 4096;
    const size_t begin = (at + kPage - 1) / kPage * kPage, end = (at + size) / kPage * kPage;
    if (begin < end) CHECK(madvise(base_ + begin, end - begin, MADV_DONTNEED) == 0);
  }

  void give(size_t at, size_t size) {
    const auto next = free_.lower_bound(at);
    if (next != free_.end() && next->first == at + size) {
      size += next->second;
      free_.erase(next);
    }
    const auto before = free_.lower_bound(at);
    if (before != free_.begin() && std::prev(before)->first + std::prev(before)->second == at)
      std::prev(before)->second += size;
    else
      free_[at] = size;
  }

  unsigned char* base_;
  std::map<size_t, size_t> free_;
  std::map<size_t, Taken> taken_;
  size_t used_ = 0;
  int open_ = 0;
};

}  // namespace tengen::emulation
