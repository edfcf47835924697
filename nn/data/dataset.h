// Dataset: numbered samples, each of a few tensors; and datasets made of others.
//
// A classified image is {[H,W,C], []}, a pair of sentences {[S], [T]}. Labels, words and
// characters are whole numbers in float tensors, as the losses and embeddings take them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "nn/tensor.h"

namespace tengen::nn {

using Sample = std::vector<Tensor>;

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;
  // The same sample for the same index, always, from any thread. Its tensors may share memory
  // with the dataset: whoever wants to change one clones it. Error names file and record.
  virtual Sample get(int64_t index) const = 0;
};

using DatasetPtr = std::shared_ptr<const Dataset>;

// Rows of tensors in memory: sample i is {fields[0][i], fields[1][i], ...}. The first axes are
// equally long.
DatasetPtr tensor_dataset(std::vector<Tensor> fields);
// The samples with these numbers, in this order.
DatasetPtr subset(DatasetPtr dataset, std::vector<int64_t> indices);
// One dataset after the other.
DatasetPtr concatenated(std::vector<DatasetPtr> parts);
// `function` of every sample, computed when it is asked for; it is called from many threads.
DatasetPtr mapped(DatasetPtr dataset, std::function<Sample(const Sample&)> function);

Tensor scalar_tensor(float value);  // [], a label

}  // namespace tengen::nn
