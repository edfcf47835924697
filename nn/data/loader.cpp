#include "nn/data/loader.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "nn/base/check.h"
#include "nn/data/prefetch.h"

namespace tengen::nn {
namespace {

// Fisher and Yates, of `size` places.
template <class Swap>
void shuffle(int64_t size, Rng& rng, Swap swap_places) {
  for (int64_t i = size - 1; i > 0; --i)
    swap_places(i, static_cast<int64_t>(rng.below(static_cast<uint32_t>(i + 1))));
}

// Sorts the shuffled order by length in pieces of many batches, which leaves chance most of its
// say in who meets whom, and shuffles the batches; one that is not full stays the last.
void bring_together(std::vector<int64_t>& order, const LoaderOptions& options, Rng& rng) {
  constexpr int64_t kPieceBatches = 64;
  const auto size = static_cast<int64_t>(order.size());
  const int64_t batch = options.batch_size, piece = kPieceBatches * batch;
  for (int64_t begin = 0; begin < size; begin += piece)
    std::stable_sort(order.begin() + begin, order.begin() + std::min<int64_t>(begin + piece, size),
                     [&](int64_t a, int64_t b) { return options.lengths[a] < options.lengths[b]; });
  shuffle(size / batch, rng, [&](int64_t a, int64_t b) {
    if (a != b)
      std::swap_ranges(order.begin() + a * batch, order.begin() + (a + 1) * batch,
                       order.begin() + b * batch);
  });
}

// The stream counts down from the top, away from those of the samples.
std::vector<int64_t> order_of(int64_t size, const LoaderOptions& options, int64_t epoch) {
  std::vector<int64_t> order(size);
  std::iota(order.begin(), order.end(), int64_t{0});
  if (!options.shuffle) return order;
  Rng rng(options.seed, std::numeric_limits<uint64_t>::max() - static_cast<uint64_t>(epoch));
  shuffle(size, rng, [&](int64_t a, int64_t b) { std::swap(order[a], order[b]); });
  if (!options.lengths.empty()) bring_together(order, options, rng);
  return order;
}

Sample sample_at(const Dataset& dataset, const LoaderOptions& options, int64_t epoch,
                 int64_t index) {
  try {
    Sample sample = dataset.get(index);
    if (!options.transform) return sample;
    Rng rng(options.seed, static_cast<uint64_t>(epoch * dataset.size() + index));
    return options.transform(sample, rng);
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + " (sample " + std::to_string(index) +
                " of the dataset)");
  }
}

}  // namespace

Loader::Loader(DatasetPtr dataset, LoaderOptions options)
    : dataset_(std::move(dataset)), options_(std::move(options)) {
  CHECK(dataset_ != nullptr);
  CHECK(dataset_->size() <= int64_t{std::numeric_limits<uint32_t>::max()});
  CHECK(options_.batch_size > 0);
  CHECK(options_.threads >= 0);
  CHECK(options_.prefetch > 0);
  if (!options_.lengths.empty())
    CHECK(static_cast<int64_t>(options_.lengths.size()) == dataset_->size());
}

int64_t Loader::batches() const {
  const int64_t extra = options_.drop_last ? 0 : options_.batch_size - 1;
  return (dataset_->size() + extra) / options_.batch_size;
}

Loader::Epoch Loader::epoch(int64_t number, int64_t first_batch) const {
  CHECK(number >= 0);
  CHECK(0 <= first_batch);
  CHECK(first_batch <= batches());
  auto maker = [dataset = dataset_, options = options_, number,
                order = order_of(dataset_->size(), options_, number)](
                   int64_t batch, const std::atomic<bool>& stop) {
    const int64_t begin = batch * options.batch_size;
    const int64_t end = std::min<int64_t>(begin + options.batch_size, dataset->size());
    std::vector<Sample> samples;
    for (int64_t i = begin; i < end; ++i) {
      if (stop) return Batch();
      samples.push_back(sample_at(*dataset, options, number, order[i]));
    }
    Batch out = collate(samples, options.padding);
    out.next = {number, batch + 1};
    return out;
  };
  return Epoch(std::make_unique<Prefetcher>(std::move(maker), first_batch, batches(),
                                            options_.threads, options_.prefetch),
               options_.device);
}

Loader::Epoch Loader::resume(const LoaderPosition& position) const {
  return epoch(position.epoch, position.batch);
}

Loader::Epoch::Epoch(std::unique_ptr<Prefetcher> batches, Device* device)
    : batches_(std::move(batches)), device_(device) {}
Loader::Epoch::~Epoch() = default;
Loader::Epoch::Epoch(Epoch&&) noexcept = default;

Loader::Epoch::Iterator Loader::Epoch::begin() {
  advance();
  return Iterator(this);
}

void Loader::Epoch::advance() {
  batch_.reset();  // before the next is taken: its memory may serve again
  batch_ = batches_->next();
  if (batch_ && device_) batch_ = batch_->to(*device_);
}

}  // namespace tengen::nn
