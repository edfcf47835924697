// `tengen demo text`: an LSTM (Hochreiter and Schmidhuber 1997) learns which letter comes next,
// then writes a text of its own (Graves 2013).
#include <fmt/core.h>

#include <cmath>

#include "nn/base/check.h"
#include "nn/data/loader.h"
#include "nn/data/sequences.h"
#include "nn/infer/predictor.h"
#include "nn/layers/embedding.h"
#include "nn/layers/linear.h"
#include "nn/layers/recurrent.h"
#include "nn/layers/sequential.h"
#include "nn/optim/optimizer.h"
#include "nn/training/progress.h"
#include "tools/demos/demo.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

Figures run(const DemoOptions& options) {
  if (options.data.empty()) throw Error("text: name the data by --data");
  const int64_t epochs = options.epochs > 0 ? options.epochs : 5, length = 64;
  const std::string text = read_text(options.data);
  const Vocabulary letters(text, {});
  const int64_t n = letters.size();
  std::vector<int32_t> ids = letters.encode(text);
  Rng rng(options.seed);
  Sequential net;  // letters [N,T] -> scores [N,T,n] of those that come after them
  net.add<Embedding>("embedding", n, 96, rng)
      .add<Lstm>("lstm", 96, 256, rng, RecurrentLayerOptions{.layers = 2})
      .add<Linear>("scores", 256, n, rng);
  const Loader loader(window_dataset(ids, length), {.batch_size = 64, .seed = options.seed});
  const auto adam = make_adam(net.parameters(), {});
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    Progress progress(fmt::format("epoch {} (bits a letter)", epoch + 1), loader.batches());
    for (const Batch& batch : loader.epoch(epoch)) {
      adam->zero_grad();
      const Var scores = reshape(net.forward(Var(batch.input())), {batch.size() * length, n});
      const Var loss = class_cross_entropy(scores, batch.target().reshape({batch.size() * length}));
      backward(loss);
      adam->clip_gradient(1.0f);
      adam->step(2e-3f);
      progress.step(loss.value().item() / std::log(2.0));
    }
    progress.finish();
  }

  net.train(false);
  const Predictor predict(net, {length}, {.rows = 1});
  ids.resize(static_cast<size_t>(length));  // goes on from how the text begins
  for (int i = 0; i < 500; ++i) {
    const Tensor last = id_tensor(std::span(ids).last(static_cast<size_t>(length)));
    const Var chances = softmax(Var(predict(last.reshape({1, length}))));
    ids.push_back(rng.pick(chances.value().values().last(static_cast<size_t>(n))));
  }
  fmt::print("{}\n", letters.decode(ids));
  return {};
}

}  // namespace

Demo text_demo() {
  return {.name = "text",
          .about = "An LSTM learns to write like a text, letter by letter",
          .data_help = "A text file in UTF-8, plain or gzip",
          .recipes = {{"lstm", "the only one"}},
          .bench = {},
          .run = run};
}

}  // namespace tengen::tools
