#include "nn/data/prefetch.h"

#include <algorithm>

#include "nn/base/check.h"

namespace tengen::nn {

Prefetcher::Prefetcher(Maker maker, int64_t begin, int64_t end, int threads, int ahead)
    : maker_(std::move(maker)),
      slots_(std::max(ahead, 1)),
      to_make_(begin),
      to_take_(begin),
      end_(std::max(begin, end)) {
  CHECK(begin >= 0);
  CHECK(threads >= 0);
  const int64_t useful = std::min<int64_t>(threads, end_ - begin);
  for (int64_t i = 0; i < useful; ++i) threads_.emplace_back([this] { work(); });
}

Prefetcher::~Prefetcher() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  taken_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Prefetcher::work() {
  for (;;) {
    int64_t number;
    {
      std::unique_lock lock(mutex_);
      const int64_t room = static_cast<int64_t>(slots_.size());
      taken_.wait(lock, [&] { return stop_ || to_make_ >= end_ || to_make_ < to_take_ + room; });
      if (stop_ || to_make_ >= end_) return;
      number = to_make_++;
    }
    Slot made;
    try {
      made.batch = maker_(number, stop_);
    } catch (...) {
      made.error = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      slot(number) = std::move(made);
    }
    made_.notify_one();
  }
}

std::optional<Batch> Prefetcher::next() {
  if (threads_.empty()) {
    if (to_take_ >= end_) return std::nullopt;
    return maker_(to_take_++, stop_);
  }
  Slot taken;
  {
    std::unique_lock lock(mutex_);
    if (to_take_ >= end_) return std::nullopt;
    Slot& first = slot(to_take_);
    made_.wait(lock, [&] { return first.batch || first.error; });
    taken = std::exchange(first, Slot());
    ++to_take_;
    if (taken.error) end_ = to_take_;
  }
  taken_.notify_one();
  if (taken.error) std::rethrow_exception(taken.error);
  return std::move(taken.batch);
}

}  // namespace tengen::nn
