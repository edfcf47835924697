#include "tools/demos/image_sets.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "nn/base/check.h"
#include "nn/data/cifar.h"
#include "nn/data/csv.h"
#include "nn/data/idx.h"
#include "nn/training/split.h"
#include "tools/demos/stroke_digits.h"

namespace tengen::tools {
namespace {

namespace fs = std::filesystem;
using nn::DatasetPtr;

constexpr int kClasses = 10;
constexpr uint64_t kDealSeed = 1;  // the same parts for every seed of the training

// The file, or the file packed, or nothing.
std::string found(const fs::path& path) {
  if (fs::exists(path)) return path.string();
  if (fs::exists(path.string() + ".gz")) return path.string() + ".gz";
  return "";
}

// Rows of numbers as square images; the largest of 1, 16 and 255 that the training's numbers
// need is white.
class SquareImages {
 public:
  SquareImages(std::string path, const DatasetPtr& rows) : path_(std::move(path)) {
    const int64_t numbers = rows->get(0).at(0).size();
    side_ = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(numbers))));
    if (side_ * side_ != numbers)
      throw Error(
          fmt::format("{}: {} numbers and a class a line are no square image; 8x8 digits "
                      "have 64 and the class",
                      path_, numbers));
    float greatest = 0;
    for (int64_t i = 0; i < rows->size(); ++i)
      for (const float number : rows->get(i)[0].values()) greatest = std::max(greatest, number);
    white_ = greatest <= 1 ? 1.0f : greatest <= 16 ? 16.0f : 255.0f;
  }

  DatasetPtr of(const std::string& path, const DatasetPtr& rows) const {
    if (rows->get(0).at(0).size() != side_ * side_)
      throw Error(fmt::format("{}: {} numbers a line, but {} in {}", path,
                              rows->get(0).at(0).size(), side_ * side_, path_));
    return nn::mapped(rows, [side = side_, white = white_](const nn::Sample& row) {
      nn::Tensor image = row[0].clone().reshape({side, side, 1});
      for (float& pixel : image.values()) pixel = std::clamp(pixel / white, 0.0f, 1.0f);
      return nn::Sample{image, row[1]};
    });
  }

 private:
  std::string path_;
  int64_t side_ = 0;
  float white_ = 1.0f;
};

DatasetPtr csv_rows(const std::string& path) {
  const DatasetPtr rows = nn::csv_dataset(path, {.classes = kClasses});
  if (rows->size() == 0) throw Error(path + ": no line of numbers in it");
  return rows;
}

ClassSet csv_set(const std::string& train_path, const std::string& test_path, int64_t samples) {
  const DatasetPtr train = csv_rows(train_path), test = csv_rows(test_path);
  const SquareImages images(train_path, train);
  return deal_classes(train_path + " and " + test_path, images.of(train_path, train),
                      images.of(test_path, test), digit_names(), samples);
}

ClassSet csv_set(const std::string& path, int64_t samples) {
  const DatasetPtr rows = csv_rows(path);
  const DatasetPtr images = SquareImages(path, rows).of(path, rows);
  nn::Split split = nn::split_rows(rows->size(), {.validation = 0, .test = 0.2}, kDealSeed);
  return deal_classes(path + ", a fifth of it for the test",
                      nn::subset(images, std::move(split.train)),
                      nn::subset(images, std::move(split.test)), digit_names(), samples);
}

ClassSet idx_set(const std::string& folder, int64_t samples) {
  const bool fashion = folder.find("fashion") != std::string::npos;
  return deal_classes(
      "the IDX files in " + folder, nn::mnist(folder, nn::MnistPart::kTrain),
      nn::mnist(folder, nn::MnistPart::kTest),
      fashion ? std::vector<std::string>{"T-shirt", "trousers", "pullover", "dress", "coat",
                                         "sandal", "shirt", "sneaker", "bag", "boot"}
              : digit_names(),
      samples);
}

ClassSet cifar_set(const std::string& folder, int64_t samples) {
  std::vector<std::string> train;
  for (int batch = 1; batch <= 5; ++batch) {
    const fs::path path = fs::path(folder) / fmt::format("data_batch_{}.bin", batch);
    train.push_back(found(path));
    if (train.back().empty()) throw Error(path.string() + ": not there, though others are");
  }
  const std::string test = found(fs::path(folder) / "test_batch.bin");
  if (test.empty()) throw Error(folder + "/test_batch.bin: not there, though the training is");
  return deal_classes(
      "CIFAR-10 in " + folder, nn::cifar10(train), nn::cifar10({test}),
      {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
      samples);
}

}  // namespace

nn::Shape ClassSet::input_shape() const { return train->get(0).at(0).shape(); }

DatasetPtr first_samples(DatasetPtr data, int64_t most) {
  if (most <= 0 || data->size() <= most) return data;
  std::vector<int64_t> numbers(most);
  std::iota(numbers.begin(), numbers.end(), 0);
  return nn::subset(std::move(data), std::move(numbers));
}

ClassSet deal_classes(const std::string& name, DatasetPtr train, DatasetPtr test,
                      std::vector<std::string> classes, int64_t samples) {
  const nn::Shape shape = train->get(0).at(0).shape(), test_shape = test->get(0).at(0).shape();
  if (shape != test_shape)
    throw Error(fmt::format("{}: training samples are {}, test samples {}; they must be alike",
                            name, shape.text(), test_shape.text()));
  train = first_samples(std::move(train), samples);
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < train->size(); ++i)
    labels.push_back(static_cast<int64_t>(train->get(i).at(1).item()));
  const double share = std::min(0.1, 5000.0 / static_cast<double>(labels.size()));
  nn::Split split = nn::split_stratified(labels, {.validation = share, .test = 0}, kDealSeed);
  if (split.train.empty() || split.validation.empty())
    throw Error(
        fmt::format("{}: {} samples are too few to keep some apart for validation; ten of "
                    "each class are the least",
                    name, labels.size()));
  return {name, nn::subset(train, std::move(split.train)),
          nn::subset(train, std::move(split.validation)), first_samples(std::move(test), samples),
          std::move(classes)};
}

ClassSet read_image_set(const std::string& path, int64_t samples) {
  if (!fs::is_directory(path)) return csv_set(path, samples);
  const fs::path folder(path);
  if (!found(folder / "train-images-idx3-ubyte").empty()) return idx_set(path, samples);
  if (!found(folder / "data_batch_1.bin").empty()) return cifar_set(path, samples);
  for (const auto& [train, test] :
       {std::pair("optdigits.tra", "optdigits.tes"), std::pair("train.csv", "test.csv")})
    if (!found(folder / train).empty() && !found(folder / test).empty())
      return csv_set(found(folder / train), found(folder / test), samples);
  throw Error(path +
              ": no images that are known: looked for train-images-idx3-ubyte and its three "
              "companions, plain or .gz (MNIST; for Fashion-MNIST: apt-get install "
              "dataset-fashion-mnist), data_batch_1.bin to 5 and test_batch.bin (CIFAR-10, binary "
              "version: www.cs.toronto.edu/~kriz/cifar.html), optdigits.tra and optdigits.tes "
              "(8x8 digits: archive.ics.uci.edu/dataset/80), train.csv and test.csv");
}

ClassSet read_digits(const std::string& path, int64_t samples) {
  if (!path.empty()) return read_image_set(path, samples);
  const auto most = [&](int64_t count) { return samples > 0 ? std::min(samples, count) : count; };
  return deal_classes("digits made up by strokes, for want of --data",
                      stroke_digits(most(20000), 1), stroke_digits(most(4000), 2), digit_names(),
                      samples);
}

std::vector<std::string> digit_names() {
  std::vector<std::string> names;
  for (int digit = 0; digit < kClasses; ++digit) names.push_back(std::to_string(digit));
  return names;
}

}  // namespace tengen::tools
