// `tengen demo digits`: a convolutional network learns to read handwritten digits (LeCun et al.
// 1998) and tells how many of the test digits it reads.
#include <fmt/core.h>

#include "nn/base/check.h"
#include "nn/data/idx.h"
#include "nn/data/loader.h"
#include "nn/infer/predictor.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/sequential.h"
#include "nn/optim/optimizer.h"
#include "nn/optim/schedule.h"
#include "nn/training/metrics.h"
#include "nn/training/progress.h"
#include "tools/demos/demo.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

Figures run(const DemoOptions& options) {
  if (options.data.empty()) throw Error("digits: name the data by --data");
  const int64_t epochs = options.epochs > 0 ? options.epochs : 5;
  Rng rng(options.seed);
  Sequential net;  // [N,28,28,1] -> [N,10]
  net.add<ConvReluPool>("conv1", 1, 32, 5, rng, Conv2dLayerOptions{.padding = 0})
      .add<ConvReluPool>("conv2", 32, 64, 5, rng, Conv2dLayerOptions{.padding = 0})
      .add<Flatten>("flat")
      .add<Linear>("hidden", 4 * 4 * 64, 128, rng)
      .add(relu)
      .add<Linear>("classes", 128, 10, rng);

  const Loader train(mnist(options.data, MnistPart::kTrain),
                     {.batch_size = 128, .seed = options.seed});
  const Loader test(mnist(options.data, MnistPart::kTest), {.batch_size = 500, .shuffle = false});
  const auto adam = make_adam(net.parameters(), {});
  const Schedule rate = one_cycle({.peak = 3e-3f, .steps = epochs * train.batches()});

  int64_t step = 0;
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    Progress progress(fmt::format("epoch {}", epoch + 1), train.batches());
    for (const Batch& batch : train.epoch(epoch)) {
      adam->zero_grad();
      const Var loss = class_cross_entropy(net.forward(Var(batch.input())), batch.target());
      backward(loss);
      adam->step(rate(step++));
      progress.step(loss.value().item());
    }
    progress.finish();
  }

  net.train(false);
  const Predictor predict(net, {28, 28, 1});
  ConfusionMatrix results(10);
  for (const Batch& batch : test.epoch(0)) results.add(predict(batch.input()), batch.target());
  fmt::print("{}{:.2f} % of the test digits are read.\n", results.text(), 100 * results.accuracy());
  return {};
}

}  // namespace

Demo digits_demo() {
  return {.name = "digits",
          .about = "A convolutional network reads handwritten digits",
          .data_help = "Folder with the four files of MNIST (train-images-idx3-ubyte.gz ...)",
          .recipes = {{"cnn", "the only one"}},
          .bench = {},
          .run = run};
}

}  // namespace tengen::tools
