// Blocks are as large as asked, are given again, and may change threads.
#include "nn/base/block_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <thread>

namespace tengen {
namespace {

TEST(BlockPool, BlocksAreAsLargeAsAskedAndApart) {
  for (size_t bytes : {0, 1, 64, 65, 1024, 1025, 2048, 2049, 65536, 65537}) {
    void* const a = take_block(bytes);
    void* const b = take_block(bytes);
    std::memset(a, 1, bytes);
    std::memset(b, 2, bytes);
    for (size_t i = 0; i < bytes; ++i) ASSERT_EQ(static_cast<char*>(a)[i], 1);
    give_block(a, bytes);
    give_block(b, bytes);
  }
}

TEST(BlockPool, AFreedBlockIsTheNextOfItsSize) {
  void* const first = take_block(300);
  give_block(first, 300);
  void* const again = take_block(310);  // of the same 64 bytes
  EXPECT_EQ(again, first);
  give_block(again, 310);
}

TEST(BlockPool, WhatOneThreadFreesAnotherGets) {
  constexpr size_t kBytes = 30000, kBlocks = 200;
  std::set<void*> first;
  for (size_t i = 0; i < kBlocks; ++i) first.insert(take_block(kBytes));
  std::thread([&] {
    for (void* block : first) give_block(block, kBytes);
  }).join();
  std::set<void*> second;
  for (size_t i = 0; i < kBlocks; ++i) second.insert(take_block(kBytes));
  EXPECT_EQ(second, first);
  for (void* block : second) give_block(block, kBytes);
}

}  // namespace
}  // namespace tengen
