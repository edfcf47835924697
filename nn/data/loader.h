// Loader: a dataset as batches, shuffled, augmented and made ready while the network trains.
//
//   Loader loader(dataset, {.batch_size = 128, .seed = 1});
//   for (int64_t epoch = 0; epoch < 10; ++epoch)
//     for (const Batch& batch : loader.epoch(epoch))
//       train(batch.input(), batch.target());
//
// What an epoch yields is a function of (dataset, options, epoch) alone: the order comes from
// Rng(seed, 2^64 - 1 - epoch), a sample's augmentation from Rng(seed, epoch * size + index), so
// neither the number of threads nor an interruption changes a bit.
#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "nn/base/rng.h"
#include "nn/data/batch.h"
#include "nn/data/dataset.h"

namespace tengen::nn {

class Prefetcher;

// Augments one sample; must not change the tensors that it gets. Called from many threads.
using Transform = std::function<Sample(const Sample& sample, Rng& rng)>;

struct LoaderOptions {
  int64_t batch_size = 32;
  bool shuffle = true;
  bool drop_last = false;  // leave out a last batch that is not full
  uint64_t seed = 0;
  int threads = 1;   // that make batches; 0: the caller does when it asks
  int prefetch = 4;  // batches that may wait
  Transform transform = {};
  std::optional<float> padding = {};  // for samples of different lengths: see collate()
  // Of every sample, for shuffled epochs: those about as long share a batch, so that little is
  // padding; the batches come in random order. Empty: any with any.
  std::vector<int64_t> lengths = {};
  Device* device = nullptr;  // where batches are handed out; null: the CPU
};

class Loader {
 public:
  class Epoch;

  Loader(DatasetPtr dataset, LoaderOptions options);

  int64_t batches() const;  // of one epoch
  const Dataset& dataset() const { return *dataset_; }
  // The batches of one epoch from `first_batch` on, to be walked through once. Errors of the
  // dataset and the transform surface where the batch is reached, with the sample's number.
  Epoch epoch(int64_t number, int64_t first_batch = 0) const;
  Epoch resume(const LoaderPosition& position) const;  // the rest of that epoch

 private:
  DatasetPtr dataset_;
  LoaderOptions options_;
};

class Loader::Epoch {
 public:
  class Iterator {
   public:
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(Epoch* epoch) : epoch_(epoch) {}
    Batch& operator*() const { return *epoch_->batch_; }
    Iterator& operator++() {
      epoch_->advance();
      return *this;
    }
    void operator++(int) { epoch_->advance(); }
    bool operator==(std::default_sentinel_t) const { return !epoch_->batch_; }

   private:
    Epoch* epoch_;
  };

  Epoch(std::unique_ptr<Prefetcher> batches, Device* device);
  ~Epoch();
  Epoch(Epoch&&) noexcept;
  Iterator begin();  // once
  std::default_sentinel_t end() const { return {}; }

 private:
  void advance();
  std::unique_ptr<Prefetcher> batches_;
  Device* device_;
  std::optional<Batch> batch_;
};

}  // namespace tengen::nn
