#include "nn/data/sequences.h"

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

class Windows : public Dataset {
 public:
  Windows(Tensor ids, int64_t length, int64_t stride)
      : ids_(std::move(ids)), length_(length), stride_(stride) {}
  int64_t size() const override { return (ids_.size() - 1 - length_) / stride_ + 1; }
  Sample get(int64_t index) const override {
    CHECK(0 <= index);
    CHECK(index < size());
    const int64_t begin = index * stride_;
    return {ids_.view(begin, {length_}), ids_.view(begin + 1, {length_})};
  }

 private:
  Tensor ids_;
  int64_t length_, stride_;
};

class Pairs : public Dataset {
 public:
  explicit Pairs(std::vector<Sample> samples) : samples_(std::move(samples)) {}
  int64_t size() const override { return static_cast<int64_t>(samples_.size()); }
  Sample get(int64_t index) const override {
    CHECK(0 <= index);
    CHECK(index < size());
    return samples_[index];
  }

 private:
  std::vector<Sample> samples_;
};

std::vector<int32_t> encoded(const std::string& text, const Vocabulary& vocabulary,
                             const PairOptions& options) {
  std::vector<int32_t> ids = vocabulary.encode(text);
  if (static_cast<int64_t>(ids.size()) > options.max_tokens) ids.resize(options.max_tokens);
  ids.push_back(Vocabulary::kEnd);
  return ids;
}

}  // namespace

DatasetPtr window_dataset(std::span<const int32_t> ids, int64_t length, int64_t stride) {
  CHECK(length > 0);
  CHECK(stride >= 0);
  if (static_cast<int64_t>(ids.size()) <= length)
    throw Error("a text of " + std::to_string(ids.size()) + " tokens has no window of " +
                std::to_string(length) + " and the token after it; take shorter windows");
  return std::make_shared<Windows>(id_tensor(ids), length, stride == 0 ? length : stride);
}

std::vector<int64_t> continued_order(int64_t windows, int64_t batch_size) {
  CHECK(batch_size > 0);
  const int64_t batches = windows / batch_size;
  std::vector<int64_t> out;
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t row = 0; row < batch_size; ++row) out.push_back(row * batches + batch);
  return out;
}

DatasetPtr pair_dataset(std::span<const TextPair> pairs, const Vocabulary& source,
                        const Vocabulary& target, const PairOptions& options) {
  CHECK(options.max_tokens > 0);
  std::vector<Sample> samples;
  for (const auto& [from, to] : pairs) {
    std::vector<int32_t> output = encoded(to, target, options);
    output.insert(output.begin(), Vocabulary::kBegin);
    samples.push_back({id_tensor(encoded(from, source, options)), id_tensor(output)});
  }
  return std::make_shared<Pairs>(std::move(samples));
}

}  // namespace tengen::nn
