#include "tools/demos/classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "nn/base/parallel.h"
#include "nn/data/loader.h"
#include "nn/infer/predictor.h"
#include "nn/ops.h"
#include "tools/pictures/chart.h"
#include "tools/pictures/image_grid.h"

namespace tengen::tools {
namespace {

constexpr int64_t kRows = 500;  // read at once

nn::Shape row_shape(const nn::Tensor& x) {
  return nn::Shape({x.shape().begin() + 1, x.shape().end()});
}

nn::Shape with_rows(int64_t rows, const nn::Shape& row) {
  std::vector<int64_t> dims = row.dims();
  dims.insert(dims.begin(), rows);
  return nn::Shape(dims);
}

// The probabilities of row `index` of logits [N,classes].
std::vector<float> probabilities(const nn::Tensor& scores, int64_t index) {
  const int64_t classes = scores.shape()[-1];
  const nn::NoGrad no_grad;
  return nn::softmax(nn::Var(scores.view(index * classes, {1, classes}).clone()))
      .value()
      .to_vector();
}

int64_t largest(const std::vector<float>& values) {
  return std::max_element(values.begin(), values.end()) - values.begin();
}

}  // namespace

int64_t batch_size_for(const nn::Dataset& train) {
  return std::clamp<int64_t>(train.size() / 50, 16, 128);
}

nn::Validation class_validation(nn::Layer& net, nn::DatasetPtr data) {
  return {{"error", "cross-entropy"}, [&net, data] {
            const ClassAnswers answers = class_answers(net, data);
            const nn::NoGrad no_grad;
            const nn::Var loss = nn::class_cross_entropy(nn::Var(answers.scores), answers.classes);
            return std::vector<double>{1 - nn::accuracy(answers.scores, answers.classes),
                                       loss.value().item()};
          }};
}

nn::ConfusionMatrix ClassAnswers::table() const {
  nn::ConfusionMatrix table(scores.shape()[-1]);
  table.add(scores, classes);
  return table;
}

ClassAnswers class_answers(nn::Layer& net, const nn::DatasetPtr& data) {
  const nn::Shape row = data->get(0).at(0).shape();
  ClassAnswers answers;
  answers.inputs = nn::Tensor(with_rows(data->size(), row));
  answers.classes = nn::Tensor({data->size()});
  int64_t done = 0;
  const nn::Loader loader(data, {.batch_size = kRows, .shuffle = false});
  for (const nn::Batch& batch : loader.epoch(0)) {
    std::ranges::copy(batch.input().values(), answers.inputs.data() + done * row.size());
    std::ranges::copy(batch.target().values(), answers.classes.data() + done);
    done += batch.size();
  }
  answers.scores = nn::Predictor(net, row)(answers.inputs);
  return answers;
}

nn::Tensor wrong_answers(const ClassAnswers& answers, const std::vector<std::string>& names,
                         size_t most) {
  struct Wrong {
    int64_t index, said, right;
    float sure;
  };
  std::vector<Wrong> all;
  for (int64_t i = 0; i < answers.classes.size(); ++i) {
    const std::vector<float> chances = probabilities(answers.scores, i);
    const int64_t said = largest(chances);
    const auto right = static_cast<int64_t>(answers.classes.data()[i]);
    if (said != right) all.push_back({i, said, right, chances[said]});
  }
  std::ranges::stable_sort(all, std::greater(), &Wrong::sure);
  std::vector<GridImage> images;
  const nn::Shape row = row_shape(answers.inputs);
  for (const Wrong& wrong : std::span(all).first(std::min(most, all.size())))
    images.push_back({answers.inputs.view(wrong.index * row.size(), row),
                      fmt::format("{}, not {}: {:.0f} %", names.at(wrong.right),
                                  names.at(wrong.said), 100 * wrong.sure)});
  return image_grid(images, {.title = fmt::format("{} of {} are told wrongly: what they are, what "
                                                  "was said and how surely",
                                                  all.size(), answers.classes.size())});
}

nn::Tensor confusion_picture(const nn::ConfusionMatrix& table,
                             const std::vector<std::string>& names) {
  const auto classes = static_cast<int64_t>(names.size());
  nn::Tensor counts({classes, classes});
  for (int64_t i = 0; i < classes * classes; ++i)
    counts.data()[i] = static_cast<float>(table.count(i / classes, i % classes));
  return matrix_chart(counts,
                      {.title = fmt::format("{:.2f} % are told right", 100 * table.accuracy()),
                       .x_label = "what was said",
                       .y_label = "what it is",
                       .rows = names,
                       .columns = names});
}

double predictions_per_second(nn::Layer& net, const nn::Tensor& inputs) {
  using Clock = std::chrono::steady_clock;
  constexpr int kRounds = 5;
  constexpr double kRoundSeconds = 0.05;
  const nn::Predictor predict(net, row_shape(inputs));
  predict(inputs);  // memory is taken, caches are warm
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    const Clock::time_point begin = Clock::now();
    int64_t done = 0;
    double seconds = 0;
    while (seconds < kRoundSeconds) {
      predict(inputs);
      done += inputs.shape()[0];
      seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    }
    rates.push_back(static_cast<double>(done) / seconds);
  }
  std::ranges::sort(rates);
  return rates[kRounds / 2];
}

Figures report_classifier(DemoRun& run, const std::string& name, nn::Layer& net,
                          const ClassSet& data, const nn::FitResult& result,
                          const nn::Validation& validation) {
  const ClassAnswers answers = class_answers(net, data.test);
  const nn::ConfusionMatrix table = answers.table();
  const double accuracy = 100 * table.accuracy(),
               speed = predictions_per_second(net, answers.inputs);
  fmt::print(
      "{}{:.2f} % of {} test samples are told right, after {:.0f} s of training.\n"
      "{:.0f} samples a second are told on {} threads.\n",
      table.text(), accuracy, table.total(), result.seconds, speed, worker_count());
  if (run.pictures()) {
    run.curves(name, result, validation);
    run.picture(name + "-confusion", confusion_picture(table, data.classes));
    if (table.accuracy() < 1)
      run.picture(name + "-wrong-answers", wrong_answers(answers, data.classes));
  }
  return {{"test accuracy", accuracy, "%"},
          {"training", result.seconds, "s"},
          {"predictions", speed, "/s"}};
}

std::string likeliest(const nn::Tensor& logits, const std::vector<std::string>& names,
                      size_t shown) {
  const std::vector<float> chances = probabilities(logits, 0);
  std::vector<size_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater(), [&](size_t i) { return chances.at(i); });
  order.resize(std::min(shown, order.size()));
  std::vector<std::string> texts;
  for (const size_t i : order)
    texts.push_back(fmt::format("{}  {:.1f} %", names[i], 100 * chances[i]));
  if (texts.size() == 1) return texts[0];
  return fmt::format("{}  ({})", texts[0], fmt::join(texts.begin() + 1, texts.end(), ", "));
}

}  // namespace tengen::tools
