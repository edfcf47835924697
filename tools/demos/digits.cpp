// `tengen demo digits`: networks learn to read handwritten digits, from two fully connected layers
// to a convolutional network (LeCun et al. 1998) that errs on one digit in 250.
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "nn/data/augment.h"
#include "nn/data/loader.h"
#include "nn/ops.h"
#include "nn/optim/schedule.h"
#include "tools/demos/classifier.h"
#include "tools/demos/digit_nets.h"
#include "tools/demos/digit_optimizers.h"
#include "tools/demos/net_pictures.h"
#include "tools/demos/picture_input.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

struct DigitOptions {
  std::string optimizer;                       // empty: the recipe's
  std::optional<float> dropout, weight_decay;  // nothing: the recipe's
  float drop_connect = 0.0f;
  bool batch_norm = false;
  std::string augment = "on";
  int64_t samples = 0;
};

struct DigitRecipe {
  DigitKind kind;
  int64_t epochs;
  std::string optimizer = "adam";
  float rate = 0.0f;  // at its peak; 0: the optimiser's own
  float dropout = 0.0f, weight_decay = 0.0f, label_smoothing = 0.0f, average_decay = 0.99f;
};

DigitRecipe recipe_named(const std::string& name) {
  if (name == "mlp") return {DigitKind::kMlp, 12};
  if (name == "quick") return {DigitKind::kCnn, 4};
  if (name == "best")
    return {.kind = DigitKind::kDeep,
            .epochs = 10,
            .optimizer = "nesterov",
            .rate = 0.1f,
            .dropout = 0.4f,
            .weight_decay = 5e-4f,
            .label_smoothing = 0.05f,
            .average_decay = 0.998f};
  return {DigitKind::kCnn, 12};  // and for a comparison of optimisers, which has its own epochs
}

// A small set is seen more often, four times at most.
int64_t epochs_for(const DigitRecipe& recipe, const ClassSet& data) {
  return recipe.epochs * std::clamp<int64_t>(20000 / data.train->size(), 1, 4);
}

// Shifts by a pixel in 14, and turns, scales and shears by a tenth: digits stay what they are.
Transform distortion(const Shape& image) {
  return augment({random_affine(
      {.degrees = 10, .scale = 0.1, .shear = 0.1, .shift = static_cast<double>(image[0]) / 14})});
}

// One training from beginning to end; leaves the network in evaluation with its best weights.
FitResult learn(Sequential& net, const ClassSet& data, const Validation& validation,
                const DigitRecipe& recipe, const DigitOptions& own, uint64_t seed, FitOptions how) {
  const Loader train(data.train, {.batch_size = batch_size_for(*data.train),
                                  .seed = seed,
                                  .transform = own.augment == "on" ? distortion(data.input_shape())
                                                                   : Transform()});
  const BatchLoss loss = [&](const Batch& batch) {
    return class_cross_entropy(net.forward(Var(batch.input())), batch.target(),
                               {.label_smoothing = recipe.label_smoothing});
  };
  const DigitOptimizer& method =
      digit_optimizer(own.optimizer.empty() ? recipe.optimizer : own.optimizer);
  const auto optimizer =
      method.make(net.parameters(), own.weight_decay.value_or(recipe.weight_decay));
  how.rate =
      one_cycle({.peak = recipe.rate > 0 && own.optimizer.empty() ? recipe.rate : method.rate,
                 .steps = how.epochs * train.batches()});
  how.average_decay = recipe.average_decay;
  return fit(net, *optimizer, train, loss, validation, how);
}

Figures run_digits(const DemoOptions& options, const DigitOptions& own) {
  DemoRun run("digits", options);
  const ClassSet data = read_digits(options.data, own.samples);
  fmt::print("{}: {} to learn from, {} for validation, {} for the test\n", data.name,
             data.train->size(), data.validation->size(), data.test->size());
  const DigitRecipe recipe = recipe_named(options.recipe);
  const DigitNet design{.kind = recipe.kind,
                        .image = data.input_shape(),
                        .classes = static_cast<int64_t>(data.classes.size()),
                        .batch_norm = own.batch_norm,
                        .dropout = own.dropout.value_or(recipe.dropout),
                        .drop_connect = own.drop_connect};
  if (options.recipe == "optimizers")
    return compare_optimizers(run, [&](const DigitOptimizer& method) {
      DigitRecipe bare = recipe;
      bare.average_decay = 0.0f;  // which would help the restless ones most
      const auto net = make_digit_net(design, options.seed);
      run.place(*net);
      const Validation validation = class_validation(*net, data.validation);
      DigitOptions other = own;
      other.optimizer = method.name;
      const FitResult result =
          learn(*net, data, validation, bare, other, options.seed, run.fit_options(method.name, 5));
      return OptimizerTrial{result, class_answers(*net, data.test).table().accuracy()};
    });

  const auto net = make_digit_net(design, options.seed);
  run.place(*net);
  const Validation validation = class_validation(*net, data.validation);
  const FitResult result = learn(*net, data, validation, recipe, own, options.seed,
                                 run.fit_options(options.recipe, epochs_for(recipe, data)));
  const Figures figures = report_classifier(run, options.recipe, *net, data, result, validation);
  if (run.pictures()) {
    run.picture("first-layer", first_layer_picture(*net, design.image));
    if (recipe.kind != DigitKind::kMlp)
      run.picture("feature-maps", feature_maps_picture(*net, data.test->get(0).at(0)));
  }
  run.save(*net, architecture_of(design, data.classes));
  run.finish();
  return figures;
}

void add_options(CLI::App& app, DigitOptions& own) {
  std::vector<std::string> methods;
  for (const DigitOptimizer& method : digit_optimizers()) methods.push_back(method.name);
  app.add_option("--optimizer", own.optimizer, "Instead of the recipe's")
      ->check(CLI::IsMember(methods));
  const auto share = CLI::Range(0.0, 0.95);
  app.add_option("--dropout", own.dropout, "Share of hidden numbers forgotten")->check(share);
  app.add_option("--drop-connect", own.drop_connect, "Share of hidden weights forgotten")
      ->check(share);
  app.add_option("--weight-decay", own.weight_decay, "Added to the gradient, times the weight")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--batch-norm", own.batch_norm, "Batch norm after every hidden layer");
  app.add_option("--augment", own.augment, "on or off: distort the training digits")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--samples", own.samples, "No more digits than these of each part; 0: all")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace

Demo digits_demo() {
  auto own = std::make_shared<DigitOptions>();
  return {
      .name = "digits",
      .about = "Networks read handwritten digits",
      .data_help =
          "A folder with MNIST's four IDX files or with 8x8 digits as optdigits.tra and "
          "optdigits.tes, or a CSV file; without it digits are made up by strokes",
      .recipes = {{"cnn", "two convolutions with pooling, 12 epochs"},
                  {"mlp", "two hidden layers, 12 epochs"},
                  {"quick", "the cnn in 4 epochs: 99 % in seconds"},
                  {"best", "five convolutions with batch norm, averaged weights, 10 epochs"},
                  {"optimizers", "the cnn by six methods, side by side"}},
      .bench = {"mlp", "cnn", "quick", "best"},
      .add_options = [own](CLI::App& app) { add_options(app, *own); },
      .run = [own](const DemoOptions& options) { return run_digits(options, *own); },
      .serve =
          [](const TrainedNet& file) {
            return serve_pictures(file, make_digit_net(digit_net_of(file), 1), PictureOf::kInk);
          },
  };
}

}  // namespace tengen::tools
