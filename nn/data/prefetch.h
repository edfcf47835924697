// Batches made by threads before they are asked for, handed out in their order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "nn/data/batch.h"

namespace tengen::nn {

class Prefetcher {
 public:
  // Makes batch `number`; returns early, with anything, once `stop` is set.
  using Maker = std::function<Batch(int64_t number, const std::atomic<bool>& stop)>;

  // Batches [begin, end), at most `ahead` of them waiting. With no threads the caller makes each.
  Prefetcher(Maker maker, int64_t begin, int64_t end, int threads, int ahead);
  ~Prefetcher();  // waits for the sample that each thread is at, no longer
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  // Nothing after the last. What a batch's maker threw is thrown here, when its turn comes; no
  // batch follows it.
  std::optional<Batch> next();

 private:
  struct Slot {
    std::optional<Batch> batch;  // neither: not made yet
    std::exception_ptr error;
  };
  void work();
  Slot& slot(int64_t number) { return slots_[number % slots_.size()]; }

  const Maker maker_;
  std::mutex mutex_;  // guards what follows, down to the threads
  std::condition_variable made_, taken_;
  std::vector<Slot> slots_;  // a ring: batch n waits in slot n mod ahead
  int64_t to_make_, to_take_;
  int64_t end_;
  std::atomic<bool> stop_ = false;  // written under the mutex, read without in a maker
  std::vector<std::thread> threads_;
};

}  // namespace tengen::nn
