// A log of one JSON object a line: {"time":1700000000.5,"step":10,"tag":"loss","value":0.25}.
#pragma once

#include <fstream>
#include <string>

#include "nn/training/run_log.h"

namespace tengen::nn {

// Appends to the file, so that a resumed training goes on where it was. A number that is not
// finite becomes null, for JSON has no word for it; a histogram its moments ("histogram": {"count",
// "min", "max", "mean", "deviation"}); an image its shape ("image": [28,28,1]).
class JsonLog : public RunLog {
 public:
  explicit JsonLog(const std::string& path);
  void scalar(const std::string& tag, int64_t step, double value) override;
  void histogram(const std::string& tag, int64_t step, std::span<const float> values) override;
  void image(const std::string& tag, int64_t step, const Tensor& pixels) override;
  void flush() override;

 private:
  std::string path_;
  std::ofstream out_;
};

}  // namespace tengen::nn
