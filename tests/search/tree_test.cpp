#include "search/tree.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "search/search.h"
#include "search/stand_ins.h"
#include "tests/search/noughts.h"

namespace tengen::search {
namespace {

TEST(Arena, BlocksDoNotOverlapAndStayInTheirChunk) {
  Arena arena(4 * Arena::kChunkBytes);
  std::set<Handle> seen;
  for (;;) {
    const Handle h = arena.allocate(1000);
    if (h == kNone) break;
    EXPECT_EQ(h / Arena::kChunkUnits, (h + 15) / Arena::kChunkUnits);  // 16 units of 64 bytes
    EXPECT_TRUE(seen.empty() || h >= *seen.rbegin() + 16);
    seen.insert(h);
  }
  EXPECT_EQ(seen.size(), 4u * 64u - 1u);  // unit 0 is never handed out
  EXPECT_EQ(arena.bytes(), 4 * Arena::kChunkBytes);
}

TEST(Arena, TheNewestBlockCanGoBack) {
  Arena arena(Arena::kChunkBytes);
  const Handle a = arena.allocate(48);
  arena.give_back(a, 48);
  const Handle b = arena.allocate(48);
  EXPECT_EQ(a, b);
  const Handle c = arena.allocate(48);
  arena.give_back(b, 48);  // not the newest: stays
  EXPECT_GT(arena.allocate(48), c);
}

TEST(Arena, ThreadsGetDifferentBlocks) {
  Arena arena(64 * Arena::kChunkBytes);
  std::vector<std::vector<Handle>> got(4);
  std::vector<std::thread> threads;
  for (auto& mine : got) {
    threads.emplace_back([&arena, &mine] {
      for (int i = 0; i < 5000; ++i) {
        const Handle h = arena.allocate(64);
        *reinterpret_cast<uint64_t*>(arena.at(h)) = h;
        mine.push_back(h);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<Handle> all;
  for (const auto& mine : got) {
    for (const Handle h : mine) {
      EXPECT_EQ(*reinterpret_cast<const uint64_t*>(arena.at(h)), h);
      all.insert(h);
    }
  }
  EXPECT_EQ(all.size(), 20000u);
}

// In a quiet tree every expanded node has one visit more than its children together, and no row
// is under way.
void expect_sound(const Tree& tree, Handle h, int* nodes) {
  const Node& node = tree.node(h);
  ++*nodes;
  EXPECT_EQ(node.pending.load(), 0);
  const Phase phase = node.phase.load();
  EXPECT_NE(phase, Phase::kClaimed);
  if (phase != Phase::kExpanded) return;
  int visits = 0;
  int64_t value = 0;
  for (const Edge& edge : tree.edges(node)) {
    const Handle child = edge.child.load();
    if (child == kNone) continue;
    visits += tree.node(child).visits.load();
    value += tree.node(child).value_sum.load();
    expect_sound(tree, child, nodes);
  }
  EXPECT_EQ(visits, node.visits.load() - 1);
  // What is left is the judgement of the node itself.
  EXPECT_LE(std::abs(node.value_sum.load() - value), int64_t{1} << 30);
}

// Several threads, each with its own rows, no TBB: what a thread sanitizer should look at.
TEST(Tree, StaysSoundUnderManyThreads) {
  const Noughts root;
  SearchOptions options;
  options.cpuct = 3.0f;
  for (uint64_t round = 0; round < 10; ++round) {
    Search search(root, options, round);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&search, &root, t] {
        UniformEvaluator evaluator;
        EvalBatch batch(root, 3);
        while (search.visits() < 2000) {
          int rows = 0;
          for (int i = 0; i < 3; ++i) {
            if (search.select(batch.row(rows)) == SelectResult::kRow) ++rows;
          }
          evaluator.submit(batch, rows);
          for (int i = 0; i < rows; ++i) {
            if ((search.visits() + t) % 7 == 0) {
              search.cancel(batch.row(i));
            } else {
              search.absorb(batch.row(i));
            }
          }
          if (t == 0) search.report();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    int nodes = 0;
    expect_sound(search.tree(), search.tree().root(), &nodes);
    EXPECT_GT(nodes, 100);
    const Report report = search.report();
    search.advance(report.moves[0].action);
    nodes = 0;
    expect_sound(search.tree(), search.tree().root(), &nodes);
    EXPECT_EQ(search.visits(), report.moves[0].visits);
  }
}

}  // namespace
}  // namespace tengen::search
