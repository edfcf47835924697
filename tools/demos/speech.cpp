// `tengen demo speech`: a network tells which word was said from a picture of its sound: a
// convolutional one (Sainath and Parada 2015) or an LSTM that reads both ways (Graves and
// Schmidhuber 2005).
#include <fmt/core.h>

#include "nn/infer/predictor.h"
#include "nn/layers/conv_norm_relu.h"
#include "nn/layers/dropout.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/recurrent.h"
#include "nn/layers/sequential.h"
#include "tools/demos/classifier.h"
#include "tools/demos/demo.h"
#include "tools/demos/demo_run.h"
#include "tools/demos/sound_features.h"
#include "tools/demos/spectrogram_pictures.h"
#include "tools/demos/tone_words.h"

namespace tengen::tools {
namespace {

using namespace nn;  // NOLINT: the page is about nothing else

struct SpeechOptions {
  std::string features = "log-mel";
  int64_t takes = 20;
};

constexpr int64_t kFrames = SoundFeatures::kFrames;

// [N,kFrames,count,1] -> logits [N,words]. Both take the mean over time at the end: where in the
// 0.8 s a word stands says nothing about it.
std::unique_ptr<Sequential> make_net(const std::string& recipe, int64_t count, int64_t words,
                                     Rng& rng) {
  auto net = std::make_unique<Sequential>();
  int64_t heard = 0;  // numbers that are left of one moment
  if (recipe == "lstm") {
    heard = 2 * 96;
    net->add([count](const Var& x) {
         return reshape(x, {x.shape()[0], kFrames, count});
       })
        .add<Lstm>("lstm", count, 96, rng,
                   RecurrentLayerOptions{.layers = 2, .bidirectional = true, .dropout = 0.3f});
  } else {
    heard = count / 8 * 128;
    net->add<ConvNormRelu>("conv1", 1, 32, 3, rng)
        .add<MaxPool2d>("pool1")
        .add<ConvNormRelu>("conv2", 32, 64, 3, rng)
        .add<MaxPool2d>("pool2")
        .add<ConvNormRelu>("conv3", 64, 128, 3, rng)
        .add<MaxPool2d>("pool3")
        .add<ConvNormRelu>("conv4", 128, 128, 3, rng);
  }
  net->add([](const Var& x) { return mean(x, 1); })
      .add<Flatten>("flat")
      .add<Dropout>("dropout", 0.3f, rng)
      .add<Linear>("words", heard, words, rng);
  return net;
}

// Of every speaker and word: the first takes test, as in the Free Spoken Digit Dataset, the next
// ones validate.
bool is_test(const Utterance& u) { return u.take < 5; }
bool is_validation(const Utterance& u) { return 5 <= u.take && u.take < 10; }

struct Trained {
  std::unique_ptr<Sequential> net;
  double seconds = 0;
};

// On the utterances that are `wanted`, those for validation kept apart.
Trained train_on(DemoRun& run, const std::string& name, const DemoOptions& options,
                 const SoundFeatures& features, const SpokenWords& spoken, const Wanted& wanted) {
  Rng rng(options.seed);
  const auto words = static_cast<int64_t>(spoken.words.size());
  auto net = make_net(options.recipe, features.count(), words, rng);
  const bool tones = options.data.empty();
  const Loader train(utterances_of(spoken, [&](auto& u) { return wanted(u) && !is_validation(u); }),
                     {.batch_size = 64,
                      .seed = options.seed,
                      .transform = features.augmented(tones ? kSamePitch : SoundAugmentation())});
  const Validation validation = class_validation(
      *net,
      features.of(utterances_of(spoken, [&](auto& u) { return wanted(u) && is_validation(u); })));
  run.place(*net);
  const auto adam = make_adamw(net->parameters(), {});
  const int64_t epochs = tones ? 10 : options.recipe == "speakers" ? 12 : 20;
  FitOptions fitting = run.fit_options(name, epochs);
  fitting.rate = one_cycle({.peak = 3e-3f, .steps = fitting.epochs * train.batches()});
  fitting.average_decay = 0.99f;
  const auto loss = [&](const Batch& batch) {
    return class_cross_entropy(net->forward(Var(batch.input())), batch.target(),
                               {.label_smoothing = 0.1f});
  };
  const FitResult result = fit(*net, *adam, train, loss, validation, fitting);
  if (run.pictures()) run.curves(name, result, validation);
  return {std::move(net), result.seconds};
}

// How well words are told of speakers whom the network never heard: each in turn is left out.
Figures leave_speakers_out(DemoRun& run, const DemoOptions& options, const SoundFeatures& features,
                           const SpokenWords& spoken) {
  Figures figures{{"leave-one-speaker-out accuracy", 0, "%"}};
  const auto speakers = static_cast<int64_t>(spoken.speakers.size());
  for (int64_t speaker = 0; speaker < speakers; ++speaker) {
    const std::string& name = spoken.speakers[speaker];
    const auto is_left_out = [&](const Utterance& u) { return u.speaker == speaker; };
    const Trained trained =
        train_on(run, name, options, features, spoken, std::not_fn(is_left_out));
    const DatasetPtr unheard = features.of(utterances_of(spoken, is_left_out));
    const double accuracy = 100 * class_answers(*trained.net, unheard).table().accuracy();
    fmt::print("{:.2f} % of the words of {}, who was left out, are told right.\n", accuracy, name);
    figures[0].value += accuracy / static_cast<double>(speakers);
    figures.push_back({"accuracy on " + name, accuracy, "%"});
  }
  return figures;
}

Figures run_speech(const DemoOptions& options, const SpeechOptions& own) {
  const SoundFeatures features(own.features);
  DemoRun run("speech", options);
  const SpokenWords spoken =
      options.data.empty() ? tone_words({.takes = own.takes}) : read_spoken_words(options.data);
  fmt::print("Data: {}; {} utterances of {} words by {} speakers.\n", spoken.source,
             spoken.utterances.size(), spoken.words.size(), spoken.speakers.size());
  if (options.recipe == "speakers") {
    const Figures figures = leave_speakers_out(run, options, features, spoken);
    run.finish();
    return figures;
  }
  const Trained trained =
      train_on(run, options.recipe, options, features, spoken, std::not_fn(is_test));
  const ClassAnswers answers =
      class_answers(*trained.net, features.of(utterances_of(spoken, is_test)));
  const ConfusionMatrix table = answers.table();
  fmt::print("{}{:.2f} % of the test words are told right, after {:.0f} s of training.\n",
             table.text(), 100 * table.accuracy(), trained.seconds);
  if (run.pictures()) {
    run.picture("confusion", confusion_picture(table, spoken.words));
    run.picture("words", words_picture(answers, spoken.words));
    run.picture("wrong-answers", misheard_picture(answers, spoken.words));
  }
  run.save(*trained.net,
           {{"recipe", options.recipe}, {"features", own.features}, {"words", spoken.words}});
  run.finish();
  return {{"test accuracy", 100 * table.accuracy(), "%"}, {"training", trained.seconds, "s"}};
}

Served serve_speech(const TrainedNet& file) {
  const SoundFeatures features(file.text("features"));
  const std::vector<std::string> words = file.texts("words");
  Rng rng(1);
  const std::shared_ptr<Sequential> net =
      make_net(file.text("recipe"), features.count(), static_cast<int64_t>(words.size()), rng);
  load_into(*net, file);
  net->train(false);
  const Shape one{1, kFrames, features.count(), 1};
  const auto predict = std::make_shared<Predictor>(*net, Shape{one[1], one[2], one[3]});
  return {.net = net,
          .forward = [net](const auto& in) { return std::vector{net->forward(in[0])}; },
          .input_shapes = {one},
          .answer =
              [=](const std::string& path) {
                return likeliest((*predict)(features(read_speech(path)).reshape(one)), words);
              },
          .input_help = "a WAV file in which one word is said"};
}

}  // namespace

Demo speech_demo() {
  auto own = std::make_shared<SpeechOptions>();
  return {.name = "speech",
          .about = "Tell spoken words apart by the pictures of their sound",
          .data_help =
              "A folder of WAV files WORD_SPEAKER_TAKE.wav, as the Free Spoken Digit "
              "Dataset is; without it telephone tones are made",
          .recipes = {{"cnn", "a convolutional network"},
                      {"lstm", "an LSTM in both directions"},
                      {"speakers", "the cnn on speakers who were left out of its training"}},
          .bench = {"cnn", "lstm", "speakers"},
          .add_options =
              [own](CLI::App& command) {
                command.add_option("--features", own->features, "log-mel or mfcc")
                    ->check(CLI::IsMember({"log-mel", "mfcc"}))
                    ->capture_default_str();
                command.add_option("--takes", own->takes, "Of every telephone tone that is made")
                    ->check(CLI::Range(11, 1000))
                    ->capture_default_str();
              },
          .run = [own](const DemoOptions& options) { return run_speech(options, *own); },
          .serve = serve_speech};
}

}  // namespace tengen::tools
