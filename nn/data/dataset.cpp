#include "nn/data/dataset.h"

#include <algorithm>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

void check_index(int64_t index, int64_t size) {
  CHECK(0 <= index);
  CHECK(index < size);
}

class TensorDataset : public Dataset {
 public:
  explicit TensorDataset(std::vector<Tensor> fields) : fields_(std::move(fields)) {
    CHECK(!fields_.empty());
    for (const Tensor& field : fields_) {
      CHECK(field.shape().rank() > 0);
      CHECK(field.shape()[0] == fields_[0].shape()[0]);
      shapes_.emplace_back(std::span(field.shape().begin() + 1, field.shape().end()));
    }
  }
  int64_t size() const override { return fields_[0].shape()[0]; }
  Sample get(int64_t index) const override {
    check_index(index, size());
    Sample out;
    for (size_t i = 0; i < fields_.size(); ++i)
      out.push_back(fields_[i].view(index * shapes_[i].size(), shapes_[i]));
    return out;
  }

 private:
  std::vector<Tensor> fields_;
  std::vector<Shape> shapes_;  // of one row
};

class Subset : public Dataset {
 public:
  Subset(DatasetPtr dataset, std::vector<int64_t> indices)
      : dataset_(std::move(dataset)), indices_(std::move(indices)) {
    for (const int64_t index : indices_) check_index(index, dataset_->size());
  }
  int64_t size() const override { return static_cast<int64_t>(indices_.size()); }
  Sample get(int64_t index) const override {
    check_index(index, size());
    return dataset_->get(indices_[index]);
  }

 private:
  DatasetPtr dataset_;
  std::vector<int64_t> indices_;
};

class Concatenated : public Dataset {
 public:
  explicit Concatenated(std::vector<DatasetPtr> parts) : parts_(std::move(parts)) {
    for (const DatasetPtr& part : parts_) ends_.push_back(size() + part->size());
  }
  int64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  Sample get(int64_t index) const override {
    check_index(index, size());
    const size_t part = std::upper_bound(ends_.begin(), ends_.end(), index) - ends_.begin();
    return parts_[part]->get(index - (part == 0 ? 0 : ends_[part - 1]));
  }

 private:
  std::vector<DatasetPtr> parts_;
  std::vector<int64_t> ends_;
};

class Mapped : public Dataset {
 public:
  Mapped(DatasetPtr dataset, std::function<Sample(const Sample&)> function)
      : dataset_(std::move(dataset)), function_(std::move(function)) {}
  int64_t size() const override { return dataset_->size(); }
  Sample get(int64_t index) const override { return function_(dataset_->get(index)); }

 private:
  DatasetPtr dataset_;
  std::function<Sample(const Sample&)> function_;
};

}  // namespace

DatasetPtr tensor_dataset(std::vector<Tensor> fields) {
  return std::make_shared<TensorDataset>(std::move(fields));
}

DatasetPtr subset(DatasetPtr dataset, std::vector<int64_t> indices) {
  return std::make_shared<Subset>(std::move(dataset), std::move(indices));
}

DatasetPtr concatenated(std::vector<DatasetPtr> parts) {
  return std::make_shared<Concatenated>(std::move(parts));
}

DatasetPtr mapped(DatasetPtr dataset, std::function<Sample(const Sample&)> function) {
  return std::make_shared<Mapped>(std::move(dataset), std::move(function));
}

Tensor scalar_tensor(float value) { return Tensor(Shape{}, {&value, 1}); }

}  // namespace tengen::nn
