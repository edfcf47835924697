// Batch: samples laid together, the first axis counting them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::nn {

// A place between two batches; with the loader's options it says everything that comes.
struct LoaderPosition {
  int64_t epoch = 0;
  int64_t batch = 0;  // the next one of that epoch
  bool operator==(const LoaderPosition&) const = default;
};

struct Batch {
  std::vector<Tensor> fields;  // fields of N samples, each [N, ...]
  // Only of padded batches: how long each sample was, lengths[field][sample].
  std::vector<std::vector<int64_t>> lengths;
  LoaderPosition next;  // a loader that resumes here continues after this batch

  const Tensor& input() const { return fields.at(0); }
  const Tensor& target() const { return fields.at(1); }
  int64_t size() const { return input().shape()[0]; }
  Batch to(Device& device) const;  // its fields there
};

// Lays samples of equal shapes together. With `padding`, fields of rank 1 and more may differ in
// their first axis and are filled up with that value to the longest. Error says which sample
// differs from the first and how.
Batch collate(const std::vector<Sample>& samples, std::optional<float> padding = std::nullopt);

}  // namespace tengen::nn
