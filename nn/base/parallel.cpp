#include "nn/base/parallel.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

namespace tengen {
namespace {

thread_local bool alone = false;

}  // namespace

void parallel_ranges(int64_t count, int64_t grain, LoopBody<int64_t, int64_t> body) {
  if (count <= 0) return;
  grain = std::max<int64_t>(grain, 1);
  const int64_t chunks = (count + grain - 1) / grain;
  parallel_for(chunks, [&](int64_t c) { body(c * grain, std::min(count, (c + 1) * grain)); });
}

void parallel_for(int64_t count, LoopBody<int64_t> body) {
  if (count <= 0) return;
  if (alone || count == 1) {
    for (int64_t i = 0; i < count; ++i) body(i);
    return;
  }
  tbb::parallel_for(int64_t{0}, count, body, tbb::simple_partitioner());
}

LoopsOnThisThread::LoopsOnThisThread() : before_(alone) { alone = true; }
LoopsOnThisThread::~LoopsOnThisThread() { alone = before_; }

int worker_count() {
  if (alone) return 1;
  const auto allowed =
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  return std::min(static_cast<int>(allowed), tbb::this_task_arena::max_concurrency());
}

}  // namespace tengen
