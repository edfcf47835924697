#include "tests/cuda/emulation/runtime.h"

#include <cuda_runtime.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "nn/base/check.h"
#include "tests/cuda/emulation/arena.h"

using tengen::CheckFailure;
using tengen::emulation::faults;

// CUDA's opaque handles.
struct CUstream_st {
  std::deque<std::function<void()>> work;
  CUgraph_st* capturing = nullptr;
};
struct CUevent_st {
  CUstream_st* stream = nullptr;  // last recorded in
  bool complete = true;
  std::chrono::steady_clock::time_point time;
};
struct CUgraph_st {
  std::vector<std::function<void()>> work;
};
struct CUgraphExec_st {
  std::vector<std::function<void()>> work;
};

namespace tengen::emulation {
namespace {

struct Machine {
  std::recursive_mutex mutex;  // one call at a time
  Arena arena;
  std::set<CUstream_st*> streams;
  std::map<const void*, size_t> allowed_shared;
  std::map<const void*, size_t> pinned;  // bytes
  size_t launches = 0;
};

Machine& machine() {
  static Machine& m = *new Machine;
  return m;
}

CUstream_st default_stream;

CUstream_st* stream_of(cudaStream_t stream) { return stream ? stream : &default_stream; }

// Runs what waits in a stream, up to the end or until `enough`. Device memory is opened once for
// all of it: that takes longer than a small kernel.
template <class Enough>
void run_until(CUstream_st& stream, const Enough& enough) {
  if (stream.work.empty()) return;
  DeviceTime open;
  while (!stream.work.empty() && !enough()) {
    const std::function<void()> work = std::move(stream.work.front());
    stream.work.pop_front();
    work();
  }
}
void run_all(CUstream_st& stream) {
  run_until(stream, [] { return false; });
}
void run_everything() {
  run_all(default_stream);
  for (CUstream_st* stream : machine().streams) run_all(*stream);
}
// Until an event has happened.
void run_to(CUevent_st& event) {
  if (!event.complete && event.stream) run_until(*event.stream, [&] { return event.complete; });
}

// The body of a runtime function: under the lock, with the fault that is set.
template <class Body>
cudaError_t call(const Body& body) {
  const std::lock_guard lock(machine().mutex);
  if (faults().lost != cudaSuccess) return faults().lost;
  if (faults().no_device != cudaSuccess) return faults().no_device;
  return body();
}

}  // namespace

Faults& faults() {
  static Faults f;
  return f;
}

cudaError_t queue(cudaStream_t stream, std::function<void()> work) {
  return call([&] {
    CUstream_st* const at = stream_of(stream);
    ++machine().launches;
    if (at->capturing)
      at->capturing->work.push_back(std::move(work));
    else
      at->work.push_back(std::move(work));
    return cudaSuccess;
  });
}

void allow_shared(const void* kernel, size_t bytes) {
  CHECK(bytes <= faults().most_shared_bytes);
  machine().allowed_shared[kernel] = bytes;
}

void check_launch(const void* kernel, dim3 grid, dim3 block, size_t shared_bytes) {
  CHECK((grid.x > 0 && grid.y > 0 && grid.z > 0));
  CHECK((grid.x <= 0x7fffffff && grid.y <= 65535 && grid.z <= 65535));
  CHECK((block.x > 0 && block.y > 0 && block.z > 0 && block.z <= 64));
  CHECK(block.x * block.y * block.z <= 1024);
  const auto it = machine().allowed_shared.find(kernel);
  CHECK(shared_bytes <= (it == machine().allowed_shared.end() ? 48 << 10 : it->second));
}

void check_pointer(const void* pointer) {
  const std::lock_guard lock(machine().mutex);
  if (!pointer || machine().arena.holds(pointer)) return;
  auto it = machine().pinned.upper_bound(pointer);
  if (it != machine().pinned.begin()) {
    --it;
    if (pointer < static_cast<const char*>(it->first) + it->second) return;
  }
  throw CheckFailure("a kernel was given a pointer to the host's memory");
}

DeviceTime::DeviceTime() {
  machine().mutex.lock();
  machine().arena.open();
}
DeviceTime::~DeviceTime() {
  machine().arena.close();
  machine().mutex.unlock();
}

size_t allocated_bytes() { return machine().arena.used(); }
size_t launches() { return machine().launches; }

}  // namespace tengen::emulation

using namespace tengen::emulation;

cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  return call([&] {
    if (machine().arena.used() + bytes > faults().memory_limit) return cudaErrorMemoryAllocation;
    *pointer = machine().arena.allocate(bytes);
    return *pointer ? cudaSuccess : cudaErrorMemoryAllocation;
  });
}
// Waits for the device, as the real one does.
cudaError_t cudaFree(void* pointer) {
  return call([&] {
    if (!pointer) return cudaSuccess;
    run_everything();
    return machine().arena.free(pointer) ? cudaSuccess : cudaErrorInvalidValue;
  });
}
cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  return call([&] {
    *total = faults().memory_limit;
    *free = *total - std::min(*total, machine().arena.used());
    return cudaSuccess;
  });
}
cudaError_t cudaHostAlloc(void** pointer, size_t bytes, unsigned) {
  return call([&] {
    *pointer = std::aligned_alloc(512, (bytes + 511) / 512 * 512);
    machine().pinned[*pointer] = bytes;
    return cudaSuccess;
  });
}
cudaError_t cudaFreeHost(void* pointer) {
  return call([&] {
    run_everything();
    if (machine().pinned.erase(pointer) == 0) return cudaErrorInvalidValue;
    std::free(pointer);
    return cudaSuccess;
  });
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (bytes > 0 && kind != cudaMemcpyDefault &&
      (machine().arena.holds(to) != to_device || machine().arena.holds(from) != from_device))
    return cudaErrorInvalidValue;
  return queue(stream, [=] { std::memcpy(to, from, bytes); });
}
cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
  const cudaError_t status = cudaMemcpyAsync(to, from, bytes, kind, nullptr);
  return status == cudaSuccess ? cudaStreamSynchronize(nullptr) : status;
}
cudaError_t cudaMemcpy2DAsync(void* to, size_t to_pitch, const void* from, size_t from_pitch,
                              size_t width, size_t height, cudaMemcpyKind, cudaStream_t stream) {
  return queue(stream, [=] {
    for (size_t y = 0; y < height; ++y)
      std::memcpy(static_cast<char*>(to) + y * to_pitch,
                  static_cast<const char*>(from) + y * from_pitch, width);
  });
}
cudaError_t cudaMemsetAsync(void* pointer, int value, size_t bytes, cudaStream_t stream) {
  return queue(stream, [=] { std::memset(pointer, value, bytes); });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  return call([&] {
    *stream = new CUstream_st;
    machine().streams.insert(*stream);
    return cudaSuccess;
  });
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return call([&] {
    run_all(*stream);
    machine().streams.erase(stream);
    delete stream;
    return cudaSuccess;
  });
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return call([&] {
    if (stream_of(stream)->capturing) return cudaErrorStreamCaptureUnsupported;
    run_all(*stream_of(stream));
    return cudaSuccess;
  });
}
cudaError_t cudaDeviceSynchronize() {
  return call([&] {
    run_everything();
    return cudaSuccess;
  });
}
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  return queue(stream, [=] { run_to(*event); });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  return call([&] {
    *event = new CUevent_st;
    return cudaSuccess;
  });
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return call([&] {
    run_to(*event);
    delete event;
    return cudaSuccess;
  });
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  event->stream = stream_of(stream);
  event->complete = false;
  return queue(stream, [=] {
    event->complete = true;
    event->time = std::chrono::steady_clock::now();
  });
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return call([&] {
    run_to(*event);
    return cudaSuccess;
  });
}
cudaError_t cudaEventQuery(cudaEvent_t event) {
  return call([&] {
    run_to(*event);
    return cudaSuccess;
  });
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end) {
  return call([&] {
    if (!begin->complete || !end->complete) return cudaErrorNotReady;
    *milliseconds = std::chrono::duration<float, std::milli>(end->time - begin->time).count();
    return cudaSuccess;
  });
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  return call([&] {
    if (stream_of(stream)->capturing) return cudaErrorIllegalState;
    stream_of(stream)->capturing = new CUgraph_st;
    return cudaSuccess;
  });
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  return call([&] {
    *graph = stream_of(stream)->capturing;
    stream_of(stream)->capturing = nullptr;
    return *graph ? cudaSuccess : cudaErrorIllegalState;
  });
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph,
                                 unsigned long long) {
  return call([&] {
    *executable = new CUgraphExec_st{graph->work};
    return cudaSuccess;
  });
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  return call([&] {
    run_everything();
    delete executable;
    return cudaSuccess;
  });
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  return queue(stream, [=] {
    for (const auto& work : executable->work) work();
  });
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = faults().devices;
  return faults().no_device;
}
static thread_local int current_device = 0;
cudaError_t cudaGetDevice(int* device) {
  *device = current_device;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
  return call([&] {
    if (device < 0 || device >= faults().devices) return cudaErrorInvalidDevice;
    current_device = device;
    return cudaSuccess;
  });
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  switch (attribute) {
    case cudaDevAttrMultiProcessorCount:
      *value = 4;
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor:
      *value = faults().compute_major;
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor:
      *value = 0;
      return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(faults().most_shared_bytes);
      return cudaSuccess;
    default:
      return cudaErrorInvalidValue;
  }
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  *properties = {};
  std::strcpy(properties->name, faults().gpu_name);
  properties->major = faults().compute_major;
  properties->multiProcessorCount = 4;
  properties->totalGlobalMem = faults().memory_limit;
  return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int* version) {
  *version = faults().no_device == cudaErrorInsufficientDriver ? 12080 : CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaGetLastError() { return faults().lost; }
cudaError_t cudaPeekAtLastError() { return faults().lost; }

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorNoDevice:
      return "cudaErrorNoDevice";
    case cudaErrorInsufficientDriver:
      return "cudaErrorInsufficientDriver";
    case cudaErrorIllegalAddress:
      return "cudaErrorIllegalAddress";
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    default:
      return "another error";
  }
}
const char* cudaGetErrorString(cudaError_t error) { return cudaGetErrorName(error); }
