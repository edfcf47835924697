// What a Loader promises: every sample once, an order of (seed, epoch) alone, the same bits for
// any number of threads and after an interruption, errors where they belong.
#include "nn/data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <set>
#include <thread>

#include "nn/device.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

// Sample i is {[2] = (i, 10 i), [] = i}.
DatasetPtr numbers(int64_t size) {
  std::vector<float> pairs, labels;
  for (int64_t i = 0; i < size; ++i) {
    pairs.insert(pairs.end(), {static_cast<float>(i), 10.0f * static_cast<float>(i)});
    labels.push_back(static_cast<float>(i));
  }
  return tensor_dataset({Tensor({size, 2}, pairs), Tensor({size}, labels)});
}

Sample with_noise(const Sample& sample, Rng& rng) {
  Tensor noisy = sample[0].clone();
  for (float& value : noisy.values()) value += static_cast<float>(rng.uniform());
  return {noisy, sample[1]};
}

// All batches of an epoch as one row of numbers.
std::vector<float> content(Loader::Epoch epoch) {
  std::vector<float> out;
  for (const Batch& batch : epoch)
    for (const Tensor& field : batch.fields) {
      const std::vector<float> values = field.to_vector();
      out.insert(out.end(), values.begin(), values.end());
    }
  return out;
}

TEST(Loader, GivesEverySampleOnce) {
  const Loader loader(numbers(10), {.batch_size = 4});
  EXPECT_EQ(loader.batches(), 3);
  std::multiset<float> seen;
  std::vector<int64_t> sizes;
  for (const Batch& batch : loader.epoch(0)) {
    sizes.push_back(batch.size());
    EXPECT_EQ(batch.input().shape(), (Shape{batch.size(), 2}));
    EXPECT_EQ(batch.target().shape(), (Shape{batch.size()}));
    for (int64_t i = 0; i < batch.size(); ++i) {
      EXPECT_EQ(batch.input().values()[2 * i], batch.target().values()[i]);
      EXPECT_EQ(batch.input().values()[2 * i + 1], 10 * batch.target().values()[i]);
      seen.insert(batch.target().values()[i]);
    }
  }
  EXPECT_EQ(sizes, (std::vector<int64_t>{4, 4, 2}));
  EXPECT_EQ(seen, (std::multiset<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Loader, KeepsTheOrderUnlessAskedToShuffleAndDropsAPartialBatch) {
  const Loader loader(numbers(5), {.batch_size = 2, .shuffle = false, .drop_last = true});
  EXPECT_EQ(loader.batches(), 2);
  EXPECT_EQ(content(loader.epoch(7)), (std::vector<float>{0, 0, 1, 10, 0, 1, 2, 20, 3, 30, 2, 3}));
  EXPECT_TRUE(content(Loader(numbers(0), {}).epoch(0)).empty());
}

TEST(Loader, HandsItsBatchesOutOnTheDeviceThatIsAskedFor) {
  LoaderOptions options{.batch_size = 4, .seed = 3};
  const std::vector<float> here = content(Loader(numbers(10), options).epoch(0));
  options.device = &reference_device();
  const Loader there(numbers(10), options);
  EXPECT_EQ(content(there.epoch(0)), here);
  for (const Batch& batch : there.epoch(0))
    for (const Tensor& field : batch.fields) EXPECT_EQ(&field.device(), &reference_device());
}

TEST(Loader, OrderDependsOnSeedAndEpochAlone) {
  const auto order = [](uint64_t seed, int64_t epoch) {
    return content(Loader(numbers(100), {.batch_size = 7, .seed = seed}).epoch(epoch));
  };
  EXPECT_EQ(order(1, 0), order(1, 0));
  EXPECT_NE(order(1, 0), order(1, 1));
  EXPECT_NE(order(1, 0), order(2, 0));
}

TEST(Loader, BringsSamplesOfLikeLengthsTogether) {
  std::vector<int64_t> lengths;
  for (int64_t i = 0; i < 1003; ++i) lengths.push_back(i * 7 % 50);
  const Loader loader(numbers(1003), {.batch_size = 10, .seed = 3, .lengths = lengths});
  std::multiset<float> seen;
  std::vector<int64_t> shortest;  // of every batch
  int64_t spread = 0, last_size = 0;
  for (const Batch& batch : loader.epoch(0)) {
    std::vector<int64_t> own;
    for (const float label : batch.target().values()) {
      seen.insert(label);
      own.push_back(lengths[static_cast<size_t>(label)]);
    }
    const auto [least, most] = std::minmax_element(own.begin(), own.end());
    spread += *most - *least;
    shortest.push_back(*least);
    last_size = batch.size();
  }
  EXPECT_EQ(seen.size(), 1003u);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 1003u);
  EXPECT_EQ(last_size, 3);
  EXPECT_LT(spread, 200);  // of 101 batches; by chance about 40 each
  EXPECT_FALSE(std::is_sorted(shortest.begin(), shortest.end()));
  EXPECT_EQ(content(loader.epoch(5)), content(loader.epoch(5)));
  EXPECT_NE(content(loader.epoch(5)), content(loader.epoch(6)));
}

TEST(Loader, ThreadsChangeNothing) {
  const auto with_threads = [](int threads, int prefetch) {
    return content(Loader(numbers(100), {.batch_size = 3,
                                         .seed = 5,
                                         .threads = threads,
                                         .prefetch = prefetch,
                                         .transform = with_noise})
                       .epoch(2));
  };
  const std::vector<float> expected = with_threads(0, 1);
  for (const int threads : {1, 2, 5}) {
    EXPECT_EQ(with_threads(threads, 1), expected) << threads;
    EXPECT_EQ(with_threads(threads, 8), expected) << threads;
  }
}

TEST(Loader, AugmentsEveryEpochAnew) {
  const Loader loader(numbers(3), {.shuffle = false, .transform = with_noise});
  EXPECT_NE(content(loader.epoch(0)), content(loader.epoch(1)));
  EXPECT_EQ(content(loader.epoch(1)), content(loader.epoch(1)));
}

TEST(Loader, ResumesToTheBit) {
  const Loader loader(numbers(50), {.batch_size = 4, .seed = 3, .transform = with_noise});
  const std::vector<float> whole = content(loader.epoch(6));
  std::vector<float> parts;
  LoaderPosition position;
  for (const Batch& batch : loader.epoch(6)) {
    for (const Tensor& field : batch.fields)
      parts.insert(parts.end(), field.values().begin(), field.values().end());
    position = batch.next;
    if (position.batch == 5) break;
  }
  EXPECT_EQ(position, (LoaderPosition{6, 5}));
  const std::vector<float> rest = content(loader.resume(position));
  parts.insert(parts.end(), rest.begin(), rest.end());
  EXPECT_EQ(parts, whole);
  EXPECT_TRUE(content(loader.resume({6, loader.batches()})).empty());
}

TEST(Loader, AnErrorSurfacesAtItsBatchWithItsSample) {
  for (const int threads : {0, 1, 3}) {
    const DatasetPtr bad = mapped(numbers(20), [](const Sample& sample) {
      if (sample[1].item() == 9) throw Error("data.bin: record 9: a wrong checksum");
      return sample;
    });
    const Loader loader(bad, {.batch_size = 4, .shuffle = false, .threads = threads});
    int batches = 0;
    const std::string text = error_of([&] {
      for (const Batch& batch : loader.epoch(0)) batches += batch.size() > 0;
    });
    EXPECT_EQ(text, "data.bin: record 9: a wrong checksum (sample 9 of the dataset)");
    EXPECT_EQ(batches, 2) << "those before it are whole";
  }
}

TEST(Loader, SamplesOfDifferentShapesAreAnErrorOrPadded) {
  const DatasetPtr ragged = mapped(numbers(3), [](const Sample& sample) {
    const auto length = static_cast<int64_t>(sample[1].item()) + 1;
    return Sample{Tensor({length}, std::vector<float>(length, 7)), sample[1]};
  });
  const Loader strict(ragged, {.shuffle = false});
  expect_error([&] { content(strict.epoch(0)); },
               {"sample 1 of a batch", "tensor 0 is [2]", "the first sample's is [1]"});
  const Loader padded(ragged, {.shuffle = false, .padding = -1.0f});
  for (const Batch& batch : padded.epoch(0)) {
    EXPECT_EQ(batch.input().shape(), (Shape{3, 3}));
    EXPECT_EQ(batch.input().to_vector(), (std::vector<float>{7, -1, -1, 7, 7, -1, 7, 7, 7}));
    EXPECT_EQ(batch.lengths[0], (std::vector<int64_t>{1, 2, 3}));
    EXPECT_EQ(batch.target().to_vector(), (std::vector<float>{0, 1, 2}));
  }
}

TEST(Loader, NoMoreBatchesWaitThanAllowedAndLeavingStopsTheThreads) {
  std::atomic<int> asked = 0;
  const DatasetPtr counted = mapped(numbers(1000), [&](const Sample& sample) {
    ++asked;
    return sample;
  });
  {
    const Loader loader(counted, {.batch_size = 1, .threads = 2, .prefetch = 3});
    Loader::Epoch epoch = loader.epoch(0);
    epoch.begin();
    // Time for the threads to run ahead, if they would.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_LE(asked, 1 + 3);
  }
  const int after = asked;
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(asked, after);
}

TEST(Dataset, ViewsShowTheRightSamples) {
  const DatasetPtr some = subset(numbers(10), {7, 2, 2});
  EXPECT_EQ(some->size(), 3);
  EXPECT_EQ(some->get(0)[1].item(), 7);
  EXPECT_EQ(some->get(2)[1].item(), 2);
  const DatasetPtr both = concatenated({numbers(0), some, numbers(4)});
  EXPECT_EQ(both->size(), 7);
  EXPECT_EQ(both->get(0)[1].item(), 7);
  EXPECT_EQ(both->get(3)[1].item(), 0);
  EXPECT_EQ(both->get(6)[1].item(), 3);
  EXPECT_THROW(both->get(7), CheckFailure);
  EXPECT_THROW(subset(numbers(3), {3}), CheckFailure);
  EXPECT_THROW(tensor_dataset({Tensor({2}), Tensor({3})}), CheckFailure);
}

}  // namespace
}  // namespace tengen::nn
