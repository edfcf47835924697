#include "tools/stop_signals.h"

#include <pthread.h>
#include <unistd.h>

#include <iostream>

namespace tengen::tools {
namespace {

constexpr timespec kPeriod{0, 50'000'000};
constexpr int kExitInterrupted = 130;

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  waiter_ = std::thread([this] { wait(); });
}

StopSignals::~StopSignals() {
  done_ = true;
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopSignals::wait() {
  while (!done_) {
    if (sigtimedwait(&signals_, nullptr, &kPeriod) < 0) continue;
    if (stop_) _exit(kExitInterrupted);
    stop_ = true;
    std::cerr << "\nstopping; again to stop at once\n";
  }
}

}  // namespace tengen::tools
