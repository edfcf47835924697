// Parallel loops over index ranges, on oneTBB's workers.
//
// The header is free of TBB so that everybody may include it; the number of workers is set once,
// by main (tbb::global_control). A loop body must not start another parallel loop from inside
// a search task: the driver's tasks never wait.
#pragma once

#include <cstdint>
#include <functional>

namespace tengen {

// Calls body(begin, end) on disjoint ranges that cover [0, count), each of at least `grain`
// indices but the last. Scratch memory of a body is
// thread_local or owned by its range. Returns when all are done; the first exception thrown is
// rethrown. The ranges depend only on (count, grain): per-range partial results reduced in order
// are the same for any number of workers.
void parallel_ranges(int64_t count, int64_t grain,
                     const std::function<void(int64_t begin, int64_t end)>& body);

// Calls body(i) for every i in [0, count).
void parallel_for(int64_t count, const std::function<void(int64_t)>& body);

// How many workers may run at once, the caller included.
int worker_count();

}  // namespace tengen
