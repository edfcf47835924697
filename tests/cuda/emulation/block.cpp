#include "tests/cuda/emulation/block.h"

#include <algorithm>
#include <boost/context/fiber.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "nn/base/check.h"

namespace tengen::emulation {
namespace {

namespace context = boost::context;

constexpr int kWarp = 32;
constexpr size_t kMostBytes = 64;
constexpr size_t kStackBytes = 64 << 10;
constexpr size_t kMostShared = 227 << 10;  // of one block on Hopper
constexpr unsigned kMostThreads = 1024;

// Threads arrive; when as many have as are expected, all may go on.
struct Barrier {
  unsigned arrived = 0;
  uint64_t generation = 0;
  bool arrive(unsigned expected) {
    if (++arrived < expected) return false;
    arrived = 0;
    ++generation;
    return true;
  }
};

struct Warp {
  Barrier barrier;
  unsigned mask = 0;  // that the first to arrive named
  unsigned char slots[kWarp][kMostBytes];
};

// Copies that a thread has begun and not waited for, in groups; the last group is open.
class Copies {
 public:
  void begin(void* to, const void* from, size_t bytes) {
    std::memset(to, 0xff, bytes);
    groups_.back().push_back({to, from, bytes});
  }
  void end_group() { groups_.emplace_back(); }
  void wait(size_t groups_left) {
    for (; groups_.size() - 1 > groups_left; groups_.pop_front())
      for (const Copy& copy : groups_.front()) std::memcpy(copy.to, copy.from, copy.bytes);
  }
  bool none() const {
    for (const auto& group : groups_)
      if (!group.empty()) return false;
    return true;
  }

 private:
  struct Copy {
    void* to;
    const void* from;
    size_t bytes;
  };
  std::deque<std::vector<Copy>> groups_{1};
};

struct Thread {
  context::fiber fiber;
  ThreadPlace place;
  unsigned number = 0;
  const Barrier* waits_at = nullptr;
  uint64_t waits_for = 0;  // the barrier's generation to pass
  bool done = false;
  std::unique_ptr<Copies> copies;  // of a thread that ever began one
  bool may_run() const { return !done && (!waits_at || waits_at->generation != waits_for); }
};

// In which order threads run: from the last to the first, then back; all warps side by side, or
// each as far as it comes alone.
struct Order {
  bool backwards, by_warps;
};

class Block {
 public:
  Block(dim3 size, size_t shared_bytes)
      : threads_(size.x * size.y * size.z), warps_((threads_.size() + kWarp - 1) / kWarp) {
    CHECK(threads_.size() <= kMostThreads);
    CHECK(shared_bytes <= kMostShared);
    shared_.reset(new (std::align_val_t(128)) unsigned char[shared_bytes + 1]);
    std::memset(shared_.get(), 0xff, shared_bytes);
  }

  void run(dim3 grid, dim3 size, uint3 index, Order order, const std::function<void()>& body) {
    for (unsigned i = 0; i < threads_.size(); ++i) {
      Thread& t = threads_[i];
      t.number = i;
      t.place = {{i % size.x, i / size.x % size.y, i / size.x / size.y}, index, size, grid};
      t.fiber = context::fiber(std::allocator_arg, stacks(), [&, this](context::fiber&& home) {
        home_ = std::move(home);
        try {
          body();
          CHECK((!t.copies || t.copies->none()));
        } catch (const context::detail::forced_unwind&) {
          throw;  // the block is given up
        } catch (...) {
          if (!error_) error_ = std::current_exception();
        }
        t.done = true;
        return std::move(home_);
      });
    }
    size_t left = threads_.size();
    for (bool down = order.backwards; left > 0; down = !down) {
      const size_t ran = pass(down, order.by_warps, left);
      if (error_) std::rethrow_exception(error_);
      if (ran == 0) throw CheckFailure("some threads of a block wait where others never arrive");
    }
  }

  void wait(Barrier& barrier, unsigned expected) {
    const uint64_t generation = barrier.generation;
    if (barrier.arrive(expected)) return;
    Thread& self = *running_;
    self.waits_at = &barrier;
    self.waits_for = generation;
    home_ = std::move(home_).resume();
    self.waits_at = nullptr;
  }

  void warp_wait(unsigned mask) {
    Warp& w = warp();
    CHECK((mask >> lane() & 1) == 1);
    if (w.barrier.arrived == 0) w.mask = mask;
    CHECK(w.mask == mask);  // lanes that meet must name the same lanes
    wait(w.barrier, static_cast<unsigned>(__builtin_popcount(mask)));
  }

  Copies& copies() {
    if (!running_->copies) running_->copies = std::make_unique<Copies>();
    return *running_->copies;
  }

  void block_wait() { wait(barrier_, static_cast<unsigned>(threads_.size())); }

  int lane() const { return static_cast<int>(running_->number % kWarp); }
  Warp& warp() { return warps_[running_->number / kWarp]; }
  const Thread& running() const { return *running_; }
  void* shared() { return shared_.get(); }
  bool any = false;

 private:
  static context::pooled_fixedsize_stack& stacks() {
    static context::pooled_fixedsize_stack pool(kStackBytes);
    return pool;
  }

  // Every thread that may, once or, by warps, until the whole warp waits for others; returns how
  // many ran.
  size_t pass(bool down, bool by_warps, size_t& left) {
    size_t ran = 0;
    for (size_t k = 0; k < warps_.size() && !error_; ++k) {
      const size_t first = kWarp * (down ? warps_.size() - 1 - k : k);
      size_t of_warp;
      do {
        of_warp = pass_warp(first, down, left);
        ran += of_warp;
      } while (by_warps && of_warp > 0 && !error_);
    }
    return ran;
  }

  size_t pass_warp(size_t first, bool down, size_t& left) {
    const size_t size = std::min<size_t>(kWarp, threads_.size() - first);
    size_t ran = 0;
    for (size_t k = 0; k < size && !error_; ++k) {
      Thread& t = threads_[first + (down ? size - 1 - k : k)];
      if (!t.may_run()) continue;
      running_ = &t;
      t.fiber = std::move(t.fiber).resume();
      if (t.done) --left;
      ++ran;
    }
    return ran;
  }

  struct Aligned {
    void operator()(unsigned char* p) const { ::operator delete[](p, std::align_val_t(128)); }
  };
  std::vector<Thread> threads_;
  std::vector<Warp> warps_;
  Barrier barrier_;
  std::unique_ptr<unsigned char[], Aligned> shared_;
  Thread* running_ = nullptr;
  context::fiber home_;
  std::exception_ptr error_;
};

thread_local Block* current = nullptr;

}  // namespace

void run_grid(dim3 grid, dim3 block, size_t shared_bytes, const std::function<void()>& body) {
  thread_local uint64_t launches = 0;
  const uint64_t seed = ++launches;
  const unsigned blocks = grid.x * grid.y * grid.z;
  CHECK(blocks > 0);
  for (unsigned k = 0; k < blocks; ++k) {
    const unsigned i = seed % 2 ? k : blocks - 1 - k;
    Block emulated(block, shared_bytes);
    current = &emulated;
    emulated.run(grid, block, {i % grid.x, i / grid.x % grid.y, i / grid.x / grid.y},
                 {(seed + k) % 3 == 0, (seed + k) % 2 == 0}, body);
    current = nullptr;
  }
}

const ThreadPlace& this_thread() { return current->running().place; }
int lane() { return current->lane(); }
void* shared_memory() { return current->shared(); }
void block_barrier() { current->block_wait(); }

bool block_any(bool predicate) {
  Block& block = *current;
  block.block_wait();
  block.any = false;
  block.block_wait();
  if (predicate) block.any = true;
  block.block_wait();
  const bool result = block.any;
  block.block_wait();
  return result;
}

void begin_copy(void* to, const void* from, size_t bytes) {
  CHECK(reinterpret_cast<uintptr_t>(to) % bytes == 0);
  CHECK(reinterpret_cast<uintptr_t>(from) % bytes == 0);
  current->copies().begin(to, from, bytes);
}
void end_copy_group() { current->copies().end_group(); }
void wait_for_copies(size_t groups_left) { current->copies().wait(groups_left); }

void warp_barrier(unsigned mask) { current->warp_wait(mask); }

void exchange(unsigned mask, const void* mine, void* theirs, size_t bytes, int lane) {
  CHECK(bytes <= kMostBytes);
  CHECK(((mask >> lane) & 1) == 1);  // the lane that is read takes part
  Block& block = *current;
  Warp& warp = block.warp();
  std::memcpy(warp.slots[block.lane()], mine, bytes);
  block.warp_wait(mask);
  std::memcpy(theirs, warp.slots[lane], bytes);
  block.warp_wait(mask);
}

void exchange_all(unsigned mask, const void* mine, void* all, size_t bytes) {
  CHECK(bytes <= kMostBytes);
  Block& block = *current;
  Warp& warp = block.warp();
  std::memcpy(warp.slots[block.lane()], mine, bytes);
  block.warp_wait(mask);
  for (int i = 0; i < kWarp; ++i)
    std::memcpy(static_cast<unsigned char*>(all) + static_cast<size_t>(i) * bytes, warp.slots[i],
                bytes);
  block.warp_wait(mask);
}

}  // namespace tengen::emulation
