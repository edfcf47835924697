// TensorBoard's event files: `tensorboard --logdir FOLDER` draws what is written here.
// A file is a row of TFRecords, each an Event message (tensorflow/core/util/event.proto and
// tensorflow/core/framework/summary.proto).
#pragma once

#include <string>

#include "nn/io/tfrecord.h"
#include "nn/io/wire_format.h"
#include "nn/training/run_log.h"

namespace tengen::nn {

class EventLog : public RunLog {
 public:
  // Makes the folder if need be, and in it a new file
  // "events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER".
  explicit EventLog(const std::string& folder);
  void scalar(const std::string& tag, int64_t step, double value) override;  // kept as a float
  void histogram(const std::string& tag, int64_t step, std::span<const float> values) override;
  void image(const std::string& tag, int64_t step, const Tensor& pixels) override;
  void flush() override { records_.flush(); }

  const std::string& path() const { return path_; }

 private:
  void write(const std::string& tag, int64_t step, WireWriter& value);

  std::string path_;
  TfRecordWriter records_;
};

}  // namespace tengen::nn
