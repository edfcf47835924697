// Classified images from files, whatever format they come in, dealt out for training.
#pragma once

#include <string>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::tools {

// Samples {input, class []} and what the classes are called. Validation is kept apart from what
// is trained on and chooses the best weights; test is what figures are measured on.
struct ClassSet {
  std::string name;  // what it is and where it came from, to be told
  nn::DatasetPtr train, validation, test;
  std::vector<std::string> classes;

  nn::Shape input_shape() const;  // of one sample
};

// A tenth of `train`, at most 5,000, of every class alike, becomes the validation set. `samples`:
// no more than these of each part, for a quick try; 0: all.
ClassSet deal_classes(const std::string& name, nn::DatasetPtr train, nn::DatasetPtr test,
                      std::vector<std::string> classes, int64_t samples);

// Images [H,W,C] in [0,1] of ten classes from `path`:
//   a folder with MNIST's four IDX files (Fashion-MNIST's have the same names), plain or gzip;
//   a folder with CIFAR-10's binary batches;
//   a folder with optdigits.tra and optdigits.tes, or train.csv and test.csv: a square image of
//   numbers a line, its class last; or one such file, of which a fifth is kept for the test.
// Error names the files that were looked for and where they can be had; images of the test of
// another size than those of the training.
ClassSet read_image_set(const std::string& path, int64_t samples = 0);

// The same, or without a path digits made up by strokes (stroke_digits.h): 20,000 and 4,000.
ClassSet read_digits(const std::string& path, int64_t samples = 0);
nn::DatasetPtr first_samples(nn::DatasetPtr data, int64_t most);  // 0: all
std::vector<std::string> digit_names();                           // "0" to "9"

}  // namespace tengen::tools
