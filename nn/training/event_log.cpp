#include "nn/training/event_log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <limits>
#include <span>
#include <vector>

#include "nn/base/check.h"
#include "nn/io/image_file.h"

namespace tengen::nn {
namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string new_file_in(const std::string& folder) {
  static std::atomic<int> number{0};  // two logs of one process in one second
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) throw Error(folder + ": cannot be made a folder: " + fault.message());
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  return folder + "/events.out.tfevents." + std::to_string(static_cast<int64_t>(now_s())) + "." +
         host + "." + std::to_string(::getpid()) + "." + std::to_string(number++);
}

WireWriter event(double time_s) {
  WireWriter to;
  to.float64(1, time_s);  // wall_time
  return to;
}

// TensorFlow's buckets: each a tenth wider than the one before, from 1e-12 to 1e20 on both sides of
// zero. Bucket k ends before limits[k].
const std::vector<double>& bucket_limits() {
  static const std::vector<double> limits = [] {
    std::vector<double> positive;
    for (double limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push_back(limit);
    positive.push_back(std::numeric_limits<double>::max());
    std::vector<double> all;
    for (auto limit = positive.rbegin(); limit != positive.rend(); ++limit) all.push_back(-*limit);
    all.insert(all.end(), positive.begin(), positive.end());
    return all;
  }();
  return limits;
}

WireWriter histogram_message(const Moments& moments, std::span<const float> values) {
  const std::vector<double>& limits = bucket_limits();
  std::vector<double> counts(limits.size());
  for (const double x : values)
    ++counts[static_cast<size_t>(std::upper_bound(limits.begin(), limits.end(), x) -
                                 limits.begin())];
  // Of neighbouring empty buckets the last stands for all.
  std::vector<double> kept_limits, kept_counts;
  for (size_t k = 0; k < counts.size(); ++k) {
    const bool next_is_empty = k + 1 < counts.size() && counts[k + 1] == 0;
    if (counts[k] == 0 && next_is_empty) continue;
    kept_limits.push_back(limits[k]);
    kept_counts.push_back(counts[k]);
  }
  WireWriter to;
  to.float64(1, moments.least).float64(2, moments.greatest);
  to.float64(3, static_cast<double>(moments.count));
  to.float64(4, moments.sum).float64(5, moments.sum_of_squares);
  to.packed_doubles(6, kept_limits).packed_doubles(7, kept_counts);
  return to;
}

}  // namespace

EventLog::EventLog(const std::string& folder) : path_(new_file_in(folder)), records_(path_) {
  WireWriter first = event(now_s());
  first.bytes(3, "brain.Event:2");  // file_version
  records_.write(first.bytes());
}

void EventLog::write(const std::string& tag, int64_t step, WireWriter& value) {
  value.bytes(1, tag);
  WireWriter summary, whole = event(now_s());
  summary.message(1, value);
  whole.varint(2, static_cast<uint64_t>(step)).message(5, summary);
  records_.write(whole.bytes());
}

void EventLog::scalar(const std::string& tag, int64_t step, double value) {
  WireWriter to;
  to.float32(2, static_cast<float>(value));  // simple_value
  write(tag, step, to);
}

void EventLog::histogram(const std::string& tag, int64_t step, std::span<const float> values) {
  const Moments moments(tag, step, values);
  WireWriter to;
  to.message(5, histogram_message(moments, values));  // histo
  write(tag, step, to);
}

void EventLog::image(const std::string& tag, int64_t step, const Tensor& pixels) {
  const Shape& shape = pixels.shape();
  CHECK(shape.rank() == 3);
  WireWriter image, to;
  image.varint(1, static_cast<uint64_t>(shape[0]));  // height
  image.varint(2, static_cast<uint64_t>(shape[1]));  // width
  image.varint(3, static_cast<uint64_t>(shape[2]));  // colorspace: the number of channels
  image.bytes(4, png_bytes(pixels));                 // encoded_image_string
  to.message(4, image);
  write(tag, step, to);
}

}  // namespace tengen::nn
