// `tengen demo adversary`: a little noise that people look past, and networks that read 99 % of the
// digits read none; then a network that is shown such noise while it learns.
#include <fmt/core.h>

#include <algorithm>

#include "nn/data/loader.h"
#include "nn/ops.h"
#include "nn/optim/schedule.h"
#include "tools/demos/classifier.h"
#include "tools/demos/digit_nets.h"
#include "tools/demos/picture_input.h"
#include "tools/demos/sign_attack.h"
#include "tools/pictures/chart.h"
#include "tools/pictures/image_grid.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

constexpr int64_t kSome = 1000;  // digits, of what takes long

struct AttackOptions {
  float epsilon = 0.25f;  // of the table, the examples and adversarial training
  int64_t samples = 0;
};

// Plain training: the loss of the images as they are.
BatchLoss plain_loss(Layer& net) {
  return [&net](const Batch& batch) {
    return class_cross_entropy(net.forward(Var(batch.input())), batch.target());
  };
}

// Adversarial training (section 6): half of the loss is that of the same images, attacked just now.
BatchLoss attacked_loss(Layer& net, float epsilon, uint64_t seed) {
  return [&net, epsilon, seed](const Batch& batch) {
    Rng rng(seed, static_cast<uint64_t>(batch.next.epoch << 32 | batch.next.batch));
    const Tensor worse = attacked_from_random(net, batch.input(), batch.target(), epsilon, rng);
    return scale(add(class_cross_entropy(net.forward(Var(batch.input())), batch.target()),
                     class_cross_entropy(net.forward(Var(worse)), batch.target())),
                 0.5f);
  };
}

struct Contender {
  std::string name;
  DigitKind kind;
  bool attacked;  // while it learns
  int64_t epochs;
};
const std::vector<Contender> kContenders = {{"plain mlp", DigitKind::kMlp, false, 6},
                                            {"plain cnn", DigitKind::kCnn, false, 6},
                                            {"adversarial cnn", DigitKind::kCnn, true, 12}};

std::unique_ptr<Sequential> learn(DemoRun& run, const Contender& contender, const ClassSet& data,
                                  const DigitNet& design, float epsilon, uint64_t seed) {
  auto net = make_digit_net(design, seed);
  const Loader train(data.train, {.batch_size = batch_size_for(*data.train), .seed = seed});
  const auto adam = make_adam(net->parameters(), {});
  std::string name = contender.name;
  std::ranges::replace(name, ' ', '-');
  FitOptions how = run.fit_options(name, contender.epochs);
  how.rate = one_cycle({.peak = 3e-3f, .steps = how.epochs * train.batches()});
  Validation validation = class_validation(*net, data.validation);
  if (contender.attacked)
    validation = {{"attacked-error", "error"}, [&] {
                    return std::vector<double>{
                        1 - accuracy_over_epsilon(*net, data.validation, {epsilon})[0],
                        1 - class_answers(*net, data.validation).table().accuracy()};
                  }};
  const FitResult result = fit(
      *net, *adam, train,
      contender.attacked ? attacked_loss(*net, epsilon, seed) : plain_loss(*net), validation, how);
  if (run.pictures()) run.curves(name, result, validation);
  return net;
}

// The panda figure (figure 1) in small, a row for each of the first images that the attack turns.
Tensor examples(Layer& net, const ClassSet& data, float epsilon) {
  constexpr size_t kRows = 5;
  std::vector<GridImage> images;
  for (int64_t i = 0; i < data.test->size() && images.size() < 3 * kRows; ++i) {
    const Sample sample = data.test->get(i);
    const Shape shape = sample[0].shape();
    const Tensor image = sample[0].reshape({1, shape[0], shape[1], shape[2]});
    const Tensor sign = loss_sign(net, image, sample[1].reshape({1}));
    const Tensor worse = attacked(image, sign, epsilon);
    const NoGrad no_grad;
    const Tensor before = net.forward(Var(image)).value(), after = net.forward(Var(worse)).value();
    const Tensor right = sample[1].reshape({1});
    if (accuracy(before, right) == 0 || accuracy(after, right) == 1) continue;
    images.push_back({sample[0], likeliest(before, data.classes, 1)});
    images.push_back({stretched(sign.reshape(shape)), fmt::format("+ {} x this", epsilon)});
    images.push_back({worse.reshape(shape), "= " + likeliest(after, data.classes, 1)});
  }
  return image_grid(images, {.title = "A plain network's answers before and after", .columns = 3});
}

Figures run_adversary(const DemoOptions& options, const AttackOptions& own) {
  DemoRun run("adversary", options);
  const ClassSet data = read_digits(options.data, own.samples);
  fmt::print("{}: {} to learn from, {} for validation, {} for the test\n", data.name,
             data.train->size(), data.validation->size(), data.test->size());
  std::vector<float> epsilons;  // of the chart, then of the figures
  for (int twentieth = 0; twentieth <= 8; ++twentieth)
    epsilons.push_back(0.05f * static_cast<float>(twentieth));
  epsilons.push_back(own.epsilon);
  Figures figures;
  std::vector<Curve> curves;
  for (const Contender& contender : kContenders) {
    const DigitNet design{.kind = contender.kind,
                          .image = data.input_shape(),
                          .classes = static_cast<int64_t>(data.classes.size())};
    const auto net = learn(run, contender, data, design, own.epsilon, options.seed);
    const std::vector<double> shares = accuracy_over_epsilon(*net, data.test, epsilons);
    fmt::print("{}: {:.2f} % of the test digits as they are, {:.2f} % attacked\n", contender.name,
               100 * shares.front(), 100 * shares.back());
    figures.push_back({contender.name + ", clean", 100 * shares.front(), "%"});
    figures.push_back({contender.name + ", attacked", 100 * shares.back(), "%"});
    curves.push_back({contender.name, {}, {}});
    for (size_t i = 0; i + 1 < epsilons.size(); ++i) {
      curves.back().x.push_back(epsilons[i]);
      curves.back().y.push_back(100 * shares[i]);
    }
    if (run.pictures() && contender.name == "plain cnn" && shares.back() < shares.front())
      run.picture("examples", examples(*net, data, own.epsilon));
    if (!contender.attacked) continue;
    fmt::print("{}", class_answers(*net, data.test).table().text());
    figures.push_back(
        {contender.name + ", in 20 steps",
         100 * accuracy_after_steps(*net, first_samples(data.test, kSome), own.epsilon, 20), "%"});
    run.save(*net, architecture_of(design, data.classes));
  }
  if (run.pictures())
    run.picture("accuracy-over-epsilon",
                line_chart(curves, {.title = "Attacked by the sign of the gradient",
                                    .x_label = "epsilon: how far each pixel goes",
                                    .y_label = "test accuracy, %",
                                    .y_least = 0,
                                    .y_greatest = 100}));
  run.finish();
  return figures;
}

}  // namespace

Demo adversary_demo() {
  auto own = std::make_shared<AttackOptions>();
  return {.name = "adversary",
          .about = "Noise that makes networks misread digits, and a network that withstands it",
          .data_help =
              "As of digits: a folder with MNIST's four IDX files or 8x8 digits; without it "
              "digits are made up by strokes",
          .recipes = {{"fgsm", "a plain MLP, a plain CNN and an adversarially trained CNN"}},
          .bench = {"fgsm"},
          .add_options =
              [own](CLI::App& app) {
                app.add_option("--epsilon", own->epsilon, "How far each pixel goes, of 1")
                    ->check(CLI::Range(0.0, 1.0))
                    ->capture_default_str();
                app.add_option("--samples", own->samples,
                               "No more digits than these of each part; 0: all")
                    ->check(CLI::NonNegativeNumber);
              },
          .run = [own](const DemoOptions& options) { return run_adversary(options, *own); },
          .serve =
              [](const TrainedNet& file) {
                return serve_pictures(file, make_digit_net(digit_net_of(file), 1), PictureOf::kInk);
              }};
}

}  // namespace tengen::tools
