// From a file to a network that has learned it, as a user writes it.
#include <gtest/gtest.h>

#include <algorithm>

#include "nn/data/augment.h"
#include "nn/data/csv.h"
#include "nn/data/loader.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"
#include "tests/nn/data_folder.h"

namespace tengen::nn {
namespace {

double accuracy(Layer& net, const Loader& loader) {
  const NoGrad no_grad;
  int64_t right = 0;
  for (const Batch& batch : loader.epoch(0)) {
    const std::vector<float> logits = net.forward(Var(batch.input())).value().to_vector();
    for (int64_t row = 0; row < batch.size(); ++row) {
      const float* first = logits.data() + row * 10;
      right += std::max_element(first, first + 10) - first == batch.target().values()[row];
    }
  }
  return static_cast<double>(right) / static_cast<double>(loader.dataset().size());
}

TEST(RealData, ALinearClassifierLearnsOptdigits) {
  DATA_OR_SKIP(folder, "optdigits");
  const DatasetPtr digits = csv_dataset(folder + "/optdigits.tra", {.classes = 10});
  const TensorTransform scaled = normalize(
      {std::vector<float>(64, 8.0f), std::vector<float>(64, 8.0f)});  // from 0..16 to -1..1
  const Loader train(digits, {.batch_size = 64, .seed = 1, .transform = augment({scaled})});
  const Loader test(csv_dataset(folder + "/optdigits.tes", {.classes = 10}),
                    {.batch_size = 256, .shuffle = false, .transform = augment({scaled})});
  Rng rng(1);
  Linear net(64, 10, rng);
  const auto optimizer = make_adam(net.parameters(), {});
  for (int64_t epoch = 0; epoch < 10; ++epoch)
    for (const Batch& batch : train.epoch(epoch)) {
      optimizer->zero_grad();
      backward(class_cross_entropy(net.forward(Var(batch.input())), batch.target()));
      optimizer->step(3e-3f);
    }
  // By chance it would be 0.1.
  EXPECT_GT(accuracy(net, test), 0.93);
}

}  // namespace
}  // namespace tengen::nn
