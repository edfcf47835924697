// What a training writes down while it runs: numbers, distributions and pictures by tag and step.
// EventLog is read by TensorBoard, JsonLog by everything else; RunLogs writes to several.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nn/tensor.h"

namespace tengen::nn {

// Not for several threads at once. A file that cannot be written is an Error that names it.
class RunLog {
 public:
  virtual ~RunLog() = default;
  virtual void scalar(const std::string& tag, int64_t step, double value) = 0;
  // Values that are not finite are an Error that names tag and step.
  virtual void histogram(const std::string& tag, int64_t step, std::span<const float> values) = 0;
  // pixels [H,W,1 or 3] from 0, black, to 1; what lies beyond is clipped.
  virtual void image(const std::string& tag, int64_t step, const Tensor& pixels) = 0;
  // A reader beside sees all that was written so far.
  virtual void flush() = 0;
};

class RunLogs : public RunLog {
 public:
  explicit RunLogs(std::vector<RunLog*> logs) : logs_(std::move(logs)) {}  // they must outlive it

  void scalar(const std::string& tag, int64_t step, double value) override {
    for (RunLog* log : logs_) log->scalar(tag, step, value);
  }
  void histogram(const std::string& tag, int64_t step, std::span<const float> values) override {
    for (RunLog* log : logs_) log->histogram(tag, step, values);
  }
  void image(const std::string& tag, int64_t step, const Tensor& pixels) override {
    for (RunLog* log : logs_) log->image(tag, step, pixels);
  }
  void flush() override {
    for (RunLog* log : logs_) log->flush();
  }

 private:
  std::vector<RunLog*> logs_;
};

// What both logs keep of a histogram. Error "TAG at step 3: 2 of 10 values are not finite".
struct Moments {
  Moments(const std::string& tag, int64_t step, std::span<const float> values);
  double least = 0, greatest = 0, sum = 0, sum_of_squares = 0;
  int64_t count = 0;
};

}  // namespace tengen::nn
