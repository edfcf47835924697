#include "nn/data/batch.h"

#include <algorithm>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

// Equal, but for the first axis of a padded field.
bool fits(const Shape& a, const Shape& b, bool padded) {
  if (a == b) return true;
  return padded && a.rank() == b.rank() && a.rank() > 0 &&
         std::equal(a.begin() + 1, a.end(), b.begin() + 1);
}

void check_shapes(const std::vector<Sample>& samples, bool padded) {
  const Sample& first = samples[0];
  for (size_t i = 1; i < samples.size(); ++i) {
    const std::string name = "sample " + std::to_string(i) + " of a batch";
    if (samples[i].size() != first.size())
      throw Error(name + " has " + std::to_string(samples[i].size()) + " tensors, the first has " +
                  std::to_string(first.size()) + "; make them alike");
    for (size_t field = 0; field < first.size(); ++field)
      if (!fits(samples[i][field].shape(), first[field].shape(), padded))
        throw Error(name + ": tensor " + std::to_string(field) + " is " +
                    samples[i][field].shape().text() + ", the first sample's is " +
                    first[field].shape().text() + "; crop, resize or pad them to one shape");
  }
}

// The longest of each field; padded fields have their lengths noted.
Tensor stacked(const std::vector<Sample>& samples, size_t field, std::optional<float> padding,
               Batch& batch) {
  Shape row = samples[0][field].shape();
  if (padding) {
    std::vector<int64_t> lengths;
    for (const Sample& sample : samples) {
      const Shape& shape = sample[field].shape();
      lengths.push_back(shape.rank() > 0 ? shape[0] : 1);
      if (shape.rank() > 0 && shape[0] > row[0]) row = shape;
    }
    batch.lengths.push_back(std::move(lengths));
  }
  std::vector<int64_t> dims = {static_cast<int64_t>(samples.size())};
  dims.insert(dims.end(), row.begin(), row.end());
  Tensor out = Tensor::uninitialized(Shape(dims), samples[0][field].device());
  float* to = out.data();
  for (const Sample& sample : samples) {
    const std::span<const float> values = sample[field].values();
    std::copy(values.begin(), values.end(), to);
    std::fill(to + values.size(), to + row.size(), padding.value_or(0));
    to += row.size();
  }
  return out;
}

}  // namespace

Batch Batch::to(Device& device) const {
  Batch out = *this;
  for (Tensor& field : out.fields) field = field.to(device);
  return out;
}

Batch collate(const std::vector<Sample>& samples, std::optional<float> padding) {
  CHECK(!samples.empty());
  check_shapes(samples, padding.has_value());
  Batch batch;
  for (size_t field = 0; field < samples[0].size(); ++field)
    batch.fields.push_back(stacked(samples, field, padding, batch));
  return batch;
}

}  // namespace tengen::nn
