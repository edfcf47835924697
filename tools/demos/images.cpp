// `tengen demo images`: convolutional networks with batch norm, plain and residual (He et al.
// 2016), tell pieces of clothing apart, or whatever else ten classes of images show.
#include <fmt/core.h>

#include <filesystem>

#include "nn/base/check.h"
#include "nn/data/augment.h"
#include "nn/data/loader.h"
#include "nn/layers/conv_norm_relu.h"
#include "nn/layers/dropout.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/residual_block.h"
#include "nn/layers/sequential.h"
#include "nn/optim/schedule.h"
#include "tools/demos/classifier.h"
#include "tools/demos/net_pictures.h"
#include "tools/demos/picture_input.h"
#include "tools/demos/shape_images.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

constexpr const char* kFashionFolder = "/usr/share/datasets/fashion-mnist";  // Debian's

struct ImageOptions {
  std::string augment = "on";
  int64_t samples = 0;
};

// [N,H,W,C] -> [N,classes]. Each time the image is halved, twice as many channels look at it. Most
// of the time goes into the first layer's many pixels, so it is plain and halves them at once.
std::unique_ptr<Sequential> make_image_net(const std::string& kind, const Shape& image,
                                           int64_t classes, uint64_t seed) {
  if (image[0] < 8 || image[1] < 8)
    throw Error(fmt::format("images of {}x{} are too small for these networks; 8x8 is the least",
                            image[0], image[1]));
  Rng rng(seed);
  auto net = std::make_unique<Sequential>();
  net->add<ConvReluPool>("conv1", image[2], 32, 3, rng);
  if (kind == "resnet")
    net->add<ConvNormRelu>("wider2", 32, 64, 3, rng)
        .add<ResidualBlock>("block2", 64, rng)
        .add<MaxPool2d>("pool2")
        .add<ConvNormRelu>("wider3", 64, 128, 3, rng)
        .add<ResidualBlock>("block3", 128, rng);
  else
    net->add<ConvNormRelu>("conv2", 32, 64, 3, rng)
        .add<ConvNormRelu>("conv3", 64, 64, 3, rng)
        .add<MaxPool2d>("pool3")
        .add<ConvNormRelu>("conv4", 64, 128, 3, rng)
        .add<ConvNormRelu>("conv5", 128, 128, 3, rng);
  net->add<MaxPool2d>("pool5")
      .add<Flatten>("flat")
      .add<Dropout>("dropout", 0.1f, rng)
      .add<Linear>("classes", (image[0] / 8) * (image[1] / 8) * 128, classes, rng);
  return net;
}

ClassSet read_images(const DemoOptions& options, int64_t samples) {
  if (!options.data.empty()) return read_image_set(options.data, samples);
  if (std::filesystem::exists(kFashionFolder)) return read_image_set(kFashionFolder, samples);
  const auto most = [&](int64_t count) { return samples > 0 ? std::min(samples, count) : count; };
  return deal_classes(
      "shapes made up by the program, for want of --data (apt-get install dataset-fashion-mnist "
      "brings pictures of clothing)",
      shape_images(most(20000), 1), shape_images(most(4000), 2), shape_names(), samples);
}

// Shifted or seen in a mirror, what a picture shows stays what it is.
Transform distortion(const Shape& image) {
  return augment({random_crop(image[0], image[1], image[0] / 14), random_flip()});
}

Figures run_images(const DemoOptions& options, const ImageOptions& own) {
  DemoRun run("images", options);
  const ClassSet data = read_images(options, own.samples);
  const Shape image = data.input_shape();
  fmt::print("{}: {} to learn from, {} for validation, {} for the test\n", data.name,
             data.train->size(), data.validation->size(), data.test->size());
  const auto net = make_image_net(options.recipe, image, static_cast<int64_t>(data.classes.size()),
                                  options.seed);

  const Loader train(data.train,
                     {.batch_size = batch_size_for(*data.train),
                      .seed = options.seed,
                      .transform = own.augment == "on" ? distortion(image) : Transform()});
  run.place(*net);
  const auto sgd = make_sgd(net->parameters(), {.nesterov = true, .weight_decay = 5e-4f});
  const BatchLoss loss = [&](const Batch& batch) {
    return class_cross_entropy(net->forward(Var(batch.input())), batch.target(),
                               {.label_smoothing = 0.05f});
  };
  const Validation validation = class_validation(*net, data.validation);
  FitOptions how = run.fit_options(options.recipe, 25);
  how.rate = one_cycle({.peak = 0.05f, .steps = how.epochs * train.batches()});
  how.average_decay = 0.998f;
  const FitResult result = fit(*net, *sgd, train, loss, validation, how);

  const Figures figures = report_classifier(run, options.recipe, *net, data, result, validation);
  if (run.pictures()) {
    run.picture("first-layer", first_layer_picture(*net, image));
    run.picture("feature-maps", feature_maps_picture(*net, data.test->get(0).at(0)));
  }
  nlohmann::json architecture = picture_architecture(image, data.classes);
  architecture["network"] = options.recipe;
  run.save(*net, architecture);
  run.finish();
  return figures;
}

void add_options(CLI::App& app, ImageOptions& own) {
  app.add_option("--augment", own.augment, "on or off: shift and mirror the training images")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--samples", own.samples, "No more images than these of each part; 0: all")
      ->check(CLI::NonNegativeNumber);
}

Served serve_images(const TrainedNet& file) {
  const std::string kind = file.text("network");
  if (kind != "cnn" && kind != "resnet")
    throw Error(file.path + ": \"network\" of its architecture is \"" + kind +
                "\", neither cnn nor resnet");
  return serve_pictures(file,
                        make_image_net(kind, picture_shape(file),
                                       static_cast<int64_t>(picture_classes(file).size()), 1),
                        PictureOf::kAnything);
}

}  // namespace

Demo images_demo() {
  auto own = std::make_shared<ImageOptions>();
  return {.name = "images",
          .about = "Convolutional and residual networks tell what is in a picture",
          .data_help =
              "A folder with Fashion-MNIST's or MNIST's four IDX files, or with CIFAR-10's "
              "binary batches; without it Debian's dataset-fashion-mnist, or else shapes "
              "made up by the program",
          .recipes = {{"cnn", "five convolutions, four with batch norm, 25 epochs"},
                      {"resnet", "three convolutions and two residual blocks, 25 epochs"}},
          .bench = {"cnn", "resnet"},
          .add_options = [own](CLI::App& app) { add_options(app, *own); },
          .run = [own](const DemoOptions& options) { return run_images(options, *own); },
          .serve = serve_images};
}

}  // namespace tengen::tools
