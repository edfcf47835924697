#include "nn/tensor.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>

#include "nn/base/check.h"
#include "nn/cpu/buffer_pool.h"
#include "nn/device.h"

namespace tengen::nn {
namespace {

TEST(Shape, WithReplacesOneAxisCountedFromEitherEnd) {
  const Shape shape{2, 3, 5};
  EXPECT_EQ(shape.with(-1, 7), (Shape{2, 3, 7}));
  EXPECT_EQ(shape.with(0, 7), (Shape{7, 3, 5}));
  EXPECT_THROW(shape.with(3, 7), CheckFailure);
  EXPECT_THROW(Shape(std::vector<int64_t>(Shape::kMaxRank + 1, 1)), CheckFailure);
}

TEST(Tensor, MovesToAnotherDeviceAndStaysWhereItIs) {
  const Tensor here({2, 2}, std::vector<float>{1, 2, 3, 4}, cpu_device());
  EXPECT_EQ(here.to(cpu_device()).data(), here.data());
  const Tensor there = here.to(reference_device());
  EXPECT_EQ(&there.device(), &reference_device());
  EXPECT_NE(there.data(), here.data());
  EXPECT_EQ(there.to_vector(), here.to_vector());
  EXPECT_FALSE(Tensor().to(reference_device()).defined());
}

TEST(Shape, CountsIndexesAndPrints) {
  const Shape shape{32, 9, 9, 64};
  EXPECT_EQ(shape.rank(), 4);
  EXPECT_EQ(shape.size(), 32 * 81 * 64);
  EXPECT_EQ(shape[0], 32);
  EXPECT_EQ(shape[-1], 64);
  EXPECT_EQ(shape.text(), "[32,9,9,64]");
  EXPECT_THROW(shape[4], CheckFailure);
  EXPECT_THROW(shape[-5], CheckFailure);
  EXPECT_EQ(Shape{}.size(), 1);
  EXPECT_EQ(Shape{}.text(), "[]");
}

TEST(Tensor, IsZeroAtFirst) {
  { Tensor(Shape{100}).fill(7.0f); }  // leaves a dirty buffer in the pool
  for (float value : Tensor(Shape{100}).to_vector()) EXPECT_EQ(value, 0.0f);
  EXPECT_FALSE(Tensor().defined());
}

TEST(Tensor, CopiesShareAndClonesDoNot) {
  Tensor a({2, 2}, std::vector<float>{1, 2, 3, 4});
  EXPECT_TRUE(a.unique());
  const Tensor shared = a, own = a.clone(), flat = a.reshape({4});
  EXPECT_FALSE(a.unique());
  a.fill(9.0f);
  EXPECT_EQ(shared.to_vector(), (std::vector<float>{9, 9, 9, 9}));
  EXPECT_EQ(flat.to_vector(), (std::vector<float>{9, 9, 9, 9}));
  EXPECT_EQ(own.to_vector(), (std::vector<float>{1, 2, 3, 4}));
}

TEST(Tensor, ViewsShareAPartAndKeepItAlive) {
  Tensor view;
  {
    Tensor flat({5}, std::vector<float>{0, 1, 2, 3, 4});
    view = flat.view(1, {2, 2});
    view.fill(7.0f);
    EXPECT_EQ(flat.to_vector(), (std::vector<float>{0, 7, 7, 7, 7}));
    EXPECT_THROW(flat.view(2, {2, 2}), CheckFailure);
  }
  EXPECT_EQ(view.to_vector(), (std::vector<float>{7, 7, 7, 7}));
}

TEST(Tensor, ValuesTravelBetweenDevices) {
  Tensor a(Shape{3}, reference_device());
  a.copy_from(Tensor({3}, std::vector<float>{1, 2, 3}, cpu_device()));
  EXPECT_EQ(a.to_vector(), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(&a.device(), &reference_device());
}

TEST(Tensor, WrongSizesAreRefused) {
  EXPECT_THROW(Tensor({3}, std::vector<float>{1, 2}), CheckFailure);
  EXPECT_THROW(Tensor(Shape{3}).reshape({2}), CheckFailure);
  EXPECT_THROW(Tensor(Shape{3}).item(), CheckFailure);
  EXPECT_THROW(Tensor(Shape{2}).copy_from(Tensor(Shape{3})), CheckFailure);
  EXPECT_THROW(Tensor(Shape{-1}), CheckFailure);
}

TEST(BufferPool, GivesAFreedBufferToTheNextOfItsClass) {
  BufferPool pool;
  void* first = pool.allocate(1000).get();  // freed at once
  EXPECT_EQ(pool.idle_bytes(), BufferPool::size_class(1000));
  EXPECT_EQ(pool.allocate(1001).get(), first);
  const auto held = pool.allocate(1000), other = pool.allocate(1000);
  EXPECT_NE(held.get(), other.get());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(held.get()) % 64, 0u);
}

TEST(BufferPool, ClassesWasteLittleAndStayAligned) {
  for (size_t bytes = 0; bytes < 100000; bytes += 7) {
    const size_t size = BufferPool::size_class(bytes);
    ASSERT_GE(size, bytes);
    ASSERT_EQ(size % 64, 0u);
    ASSERT_LE(size, bytes + std::max<size_t>(64, bytes / 4)) << bytes;
  }
}

TEST(BufferPool, KeepsNoMoreThanItsLimit) {
  BufferPool pool(4096);
  { const auto a = pool.allocate(4000), b = pool.allocate(4000); }
  EXPECT_EQ(pool.idle_bytes(), 4096u);
}

TEST(BufferPool, BuffersOutliveItAndTravelBetweenThreads) {
  std::shared_ptr<void> survivor;
  {
    BufferPool pool;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&pool] {
        for (int i = 0; i < 1000; ++i) {
          const auto buffer = pool.allocate(64 + i % 500);
          static_cast<char*>(buffer.get())[i % 64] = 1;
        }
      });
    for (std::thread& thread : threads) thread.join();
    survivor = pool.allocate(100);
  }
  static_cast<char*>(survivor.get())[99] = 1;
}

}  // namespace
}  // namespace tengen::nn
