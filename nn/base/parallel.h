// Parallel loops over index ranges, on oneTBB's workers.
//
// The header is free of TBB so that everybody may include it; the number of workers is set once,
// by main (tbb::global_control). A loop body must not start another parallel loop from inside
// a search task: the driver's tasks never wait.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace tengen {

// A loop's body, or another function to call, by reference: unlike std::function it never
// allocates. It must outlive the call, as every lambda written there does.
template <class... Arguments>
class LoopBody {
 public:
  template <class Body>
  requires(!std::is_same_v<std::remove_cvref_t<Body>, LoopBody>)
      LoopBody(const Body& body)  // NOLINT: loops are written with lambdas
      : body_(std::addressof(body)), call_([](const void* self, Arguments... arguments) {
          (*static_cast<const Body*>(self))(arguments...);
        }) {}
  void operator()(Arguments... arguments) const { call_(body_, arguments...); }

 private:
  const void* body_;
  void (*call_)(const void*, Arguments...);
};

// Calls body(begin, end) on disjoint ranges that cover [0, count), each of at least `grain`
// indices but the last. Scratch memory of a body is thread_local or owned by its range. Returns
// when all are done; the first exception thrown is rethrown. The ranges depend only on
// (count, grain): per-range partial results reduced in order are the same for any number of
// workers.
void parallel_ranges(int64_t count, int64_t grain, LoopBody<int64_t, int64_t> body);

// Calls body(i) for every i in [0, count).
void parallel_for(int64_t count, LoopBody<int64_t> body);

// While one lives, the loops of its thread run there from the first to the last, without workers:
// for code that is itself a piece of something parallel.
class LoopsOnThisThread {
 public:
  LoopsOnThisThread();
  ~LoopsOnThisThread();
  LoopsOnThisThread(const LoopsOnThisThread&) = delete;
  LoopsOnThisThread& operator=(const LoopsOnThisThread&) = delete;

 private:
  bool before_;
};

// How many workers may run at once, the caller included; 1 under LoopsOnThisThread.
int worker_count();

}  // namespace tengen
