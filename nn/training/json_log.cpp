#include "nn/training/json_log.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

using Json = nlohmann::ordered_json;

std::string line(const std::string& tag, int64_t step, const char* key, Json value) {
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return Json{{"time", now}, {"step", step}, {"tag", tag}, {key, std::move(value)}}.dump() + "\n";
}

}  // namespace

JsonLog::JsonLog(const std::string& path) : path_(path), out_(path, std::ios::app) {
  if (!out_) throw Error(path + ": cannot be written; is the folder there?");
}

void JsonLog::scalar(const std::string& tag, int64_t step, double value) {
  out_ << line(tag, step, "value", value);
}

void JsonLog::histogram(const std::string& tag, int64_t step, std::span<const float> values) {
  const Moments m(tag, step, values);
  const double count = static_cast<double>(std::max<int64_t>(1, m.count)), mean = m.sum / count;
  const double variance = std::max(0.0, m.sum_of_squares / count - mean * mean);
  out_ << line(tag, step, "histogram",
               {{"count", m.count},
                {"min", m.least},
                {"max", m.greatest},
                {"mean", mean},
                {"deviation", std::sqrt(variance)}});
}

void JsonLog::image(const std::string& tag, int64_t step, const Tensor& pixels) {
  out_ << line(tag, step, "image", pixels.shape().dims());
}

void JsonLog::flush() {
  if (!out_.flush()) throw Error(path_ + ": cannot be written to its end; is the disk full?");
}

}  // namespace tengen::nn
