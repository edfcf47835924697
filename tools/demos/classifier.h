// What telling classes apart needs beside the training itself: errors on data kept apart, a
// report on the test set, pictures of what went wrong, and answers to those who ask later.
#pragma once

#include <string>
#include <vector>

#include "nn/layers/module.h"
#include "nn/training/fit.h"
#include "nn/training/metrics.h"
#include "tools/demos/demo_run.h"
#include "tools/demos/image_sets.h"

namespace tengen::tools {

// For fit(): the share of wrong answers and the mean cross-entropy on `data`. The network's
// outputs [N,classes] are logits; it must outlive the result.
nn::Validation class_validation(nn::Layer& net, nn::DatasetPtr data);

// 128, or so many that a small set still makes fifty steps an epoch.
int64_t batch_size_for(const nn::Dataset& train);

// What a network in evaluation says to samples of one shape.
struct ClassAnswers {
  nn::Tensor inputs;   // [N,...]
  nn::Tensor scores;   // [N,classes], logits
  nn::Tensor classes;  // [N], the right ones

  nn::ConfusionMatrix table() const;
};
ClassAnswers class_answers(nn::Layer& net, const nn::DatasetPtr& data);

// The surest wrong answers first, each with its class, the right one and how sure it was; for
// inputs that can be drawn: [H,W,1] or [H,W,3] in [0,1].
nn::Tensor wrong_answers(const ClassAnswers& answers, const std::vector<std::string>& names,
                         size_t most = 40);
nn::Tensor confusion_picture(const nn::ConfusionMatrix& table,
                             const std::vector<std::string>& names);

// Samples a second through Predictor, on all cores: the median of five rounds of a tenth of a
// second.
double predictions_per_second(nn::Layer& net, const nn::Tensor& inputs);

// The end of a demo that classifies: prints accuracy, precision, recall and the confusion matrix
// on the test set and the speed of prediction, draws curves, wrong answers and the matrix. The
// figures are "test accuracy", "training" (seconds) and "predictions" (a second).
Figures report_classifier(DemoRun& run, const std::string& name, nn::Layer& net,
                          const ClassSet& data, const nn::FitResult& result,
                          const nn::Validation& validation);

// "7  99.8 %  (1  0.1 %, 9  0.0 %)": the likeliest of one row of logits.
std::string likeliest(const nn::Tensor& logits, const std::vector<std::string>& names,
                      size_t shown = 3);

}  // namespace tengen::tools
