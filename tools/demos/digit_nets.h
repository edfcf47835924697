// The networks of the digit demos: built from a few numbers that their files keep.
#pragma once

#include <memory>
#include <string>

#include "nn/layers/sequential.h"
#include "tools/demos/trained_net.h"

namespace tengen::tools {

enum class DigitKind {
  kMlp,   // two hidden layers (LeCun et al. 1998, section C.5, with rectifiers)
  kCnn,   // two convolutions with pooling, one hidden layer (LeNet-5: section II.B)
  kDeep,  // five convolutions with batch norm, and no hidden layer
};

struct DigitNet {
  DigitKind kind = DigitKind::kCnn;
  nn::Shape image{28, 28, 1};  // [H,W,C], 8x8 at least
  int64_t classes = 10;
  bool batch_norm = false;    // in the MLP's and the CNN's layers too
  float dropout = 0.0f;       // before the last layer, in the MLP before both
  float drop_connect = 0.0f;  // of the weights of the hidden layers
};

// [N,H,W,C] -> [N,classes]. First weights by `seed`.
std::unique_ptr<nn::Sequential> make_digit_net(const DigitNet& design, uint64_t seed);

// For the file of a trained network, and back: Error names file and key. `names`: of the classes.
nlohmann::json architecture_of(const DigitNet& design, const std::vector<std::string>& names);
DigitNet digit_net_of(const TrainedNet& file);

}  // namespace tengen::tools
