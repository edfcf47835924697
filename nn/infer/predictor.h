// Predictor: what a trained network says of many rows, by a plan, in parallel over the workers.
//
//   const Predictor predict(net, {28, 28, 1});
//   for (const Batch& batch : test.epoch(0)) results.add(predict(batch.input()), batch.target());
#pragma once

#include "nn/graph.h"
#include "nn/infer/batch_evaluator.h"
#include "nn/layers/module.h"

namespace tengen::nn {

struct PredictorOptions {
  // Of one run of the plan. Small networks want several, so that a product has enough to do.
  int64_t rows = 8;
};

class Predictor {
 public:
  // A network of one input, whose rows are of shape `row`, and one output, whose first axis is that
  // of the input. Later training does not reach it.
  Predictor(const Forward& network, const Shape& row, const PredictorOptions& options = {});
  // The layer must be in evaluation.
  Predictor(Layer& network, const Shape& row, const PredictorOptions& options = {});

  // x [N,row...] -> y [N,...].
  Tensor operator()(const Tensor& x) const;

 private:
  mutable BatchEvaluator evaluator_;
};

}  // namespace tengen::nn
