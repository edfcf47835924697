#include "nn/base/parallel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace tengen {
namespace {

TEST(Parallel, RangesCoverEveryIndexOnce) {
  for (int64_t count : {0, 1, 7, 64, 1000}) {
    std::vector<std::atomic<int>> seen(static_cast<size_t>(count));
    parallel_ranges(count, 16, [&](int64_t begin, int64_t end) {
      EXPECT_LE(end - begin, 16);
      for (int64_t i = begin; i < end; ++i) ++seen[static_cast<size_t>(i)];
    });
    for (const auto& times : seen) EXPECT_EQ(times, 1);
  }
}

TEST(Parallel, LoopsStayOnTheThreadThatWantsIt) {
  const std::thread::id here = std::this_thread::get_id();
  std::vector<int64_t> order;
  {
    const LoopsOnThisThread alone;
    { const LoopsOnThisThread inner; }
    EXPECT_EQ(worker_count(), 1);
    parallel_for(1000, [&](int64_t i) {
      EXPECT_EQ(std::this_thread::get_id(), here);
      order.push_back(i);
    });
  }
  EXPECT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(Parallel, RethrowsWhatABodyThrew) {
  EXPECT_THROW(parallel_for(100,
                            [](int64_t i) {
                              if (i == 42) throw std::runtime_error("42");
                            }),
               std::runtime_error);
}

}  // namespace
}  // namespace tengen
