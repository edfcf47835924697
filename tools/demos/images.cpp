// `tengen demo images`: a small residual network (He et al. 2016) tells pieces of clothing apart.
#include <fmt/core.h>

#include "nn/base/check.h"
#include "nn/data/augment.h"
#include "nn/data/idx.h"
#include "nn/data/loader.h"
#include "nn/infer/predictor.h"
#include "nn/layers/global_pool.h"
#include "nn/layers/linear.h"
#include "nn/layers/residual_block.h"
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
  if (options.data.empty()) throw Error("images: name the data by --data");
  const int64_t epochs = options.epochs > 0 ? options.epochs : 10;
  Rng rng(options.seed);
  Sequential net;  // [N,28,28,1] -> [N,10]
  net.add<Conv2d>("stem", 1, 32, 3, rng, Conv2dLayerOptions{.stride = 2})
      .add<ResidualBlock>("block1", 32, rng)
      .add<Conv2d>("wider", 32, 64, 3, rng, Conv2dLayerOptions{.stride = 2})
      .add<ResidualBlock>("block2", 64, rng)
      .add<GlobalPool>("pool")
      .add<Linear>("classes", 128, 10, rng);

  const Loader train(mnist(options.data, MnistPart::kTrain),
                     {.batch_size = 128,
                      .seed = options.seed,
                      .transform = augment({random_crop(28, 28, 2), random_flip()})});
  const Loader test(mnist(options.data, MnistPart::kTest), {.batch_size = 500, .shuffle = false});
  const auto sgd = make_sgd(net.parameters(), {.nesterov = true, .weight_decay = 5e-4f});
  const Schedule rate = one_cycle({.peak = 0.1f, .steps = epochs * train.batches()});

  for (int64_t epoch = 0, step = 0; epoch < epochs; ++epoch) {
    Progress progress(fmt::format("epoch {}", epoch + 1), train.batches());
    net.train();
    for (const Batch& batch : train.epoch(epoch)) {
      sgd->zero_grad();
      const Var loss = class_cross_entropy(net.forward(Var(batch.input())), batch.target());
      backward(loss);
      sgd->step(rate(step++));
      progress.step(loss.value().item());
    }
    progress.finish();
    net.train(false);
    const Predictor predict(net, {28, 28, 1});
    ConfusionMatrix results(10);
    for (const Batch& batch : test.epoch(0)) results.add(predict(batch.input()), batch.target());
    fmt::print("{:.2f} % of the test pictures are told right.\n", 100 * results.accuracy());
  }
  return {};
}

}  // namespace

Demo images_demo() {
  return {.name = "images",
          .about = "A residual network tells pieces of clothing apart",
          .data_help = "Folder with the four files of Fashion-MNIST, named as MNIST's",
          .recipes = {{"resnet", "the only one"}},
          .bench = {},
          .run = run};
}

}  // namespace tengen::tools
