// Ctrl-C and SIGTERM as a flag.
#pragma once

#include <signal.h>

#include <atomic>
#include <thread>

namespace tengen::tools {

// While it lives the signals are blocked in every thread and one thread waits for them, so that
// no handler and no global is needed. Make it before other threads are made. A second signal
// ends the process at once.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::atomic<bool>& stop() { return stop_; }

 private:
  void wait();

  sigset_t signals_{}, before_{};
  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};
  std::thread waiter_;
};

}  // namespace tengen::tools
