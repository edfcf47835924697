// tf.train.Example, TensorFlow's record of named features, and TFRecord files of them
// (tensorflow/core/example/example.proto and feature.proto).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::nn {

// One of the lists is filled, or none.
struct TfFeature {
  std::vector<std::string> bytes;
  std::vector<float> floats;
  std::vector<int64_t> ints;
};

class TfExample {
 public:
  std::map<std::string, TfFeature> features;

  // Error names what is missing: "no feature \"label\"; there are: height, image".
  const TfFeature& at(const std::string& name) const;
};

// Error names `name` and the byte, counted from `offset`.
TfExample parse_tf_example(std::string_view bytes, const std::string& name, size_t offset = 0);
std::string tf_example_bytes(const TfExample& example);

// The records of TFRecord files through `to_sample`, which is called from many threads. Error names
// file and record.
DatasetPtr tf_record_dataset(const std::vector<std::string>& paths,
                             std::function<Sample(const TfExample&)> to_sample);

}  // namespace tengen::nn
