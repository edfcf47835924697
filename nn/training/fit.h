// The training loop that every supervised task shares: epochs over a loader, progress, validation,
// the best weights, logs, and a checkpoint from which the same call goes on bit-exactly.
//
//   const FitResult result = fit(net, *adam, train, loss, {{"error"}, measure}, {.epochs = 10});
//
// What it does with one batch is what a page of your own would do: zero_grad, loss, backward,
// clip_gradient, step.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "nn/data/loader.h"
#include "nn/optim/optimizer.h"
#include "nn/optim/schedule.h"
#include "nn/training/run_log.h"

namespace tengen::nn {

// The loss of one batch, the network being in training.
using BatchLoss = std::function<Var(const Batch& batch)>;

// What is measured after every epoch, on data kept apart, the network being in evaluation. The
// first measure is to fall: by it the best weights are chosen.
struct Validation {
  std::vector<std::string> names;                // "error", "loss", ...
  std::function<std::vector<double>()> measure;  // one number for each
};

struct FitOptions {
  std::string name = "training";  // shown, and before the tags in the log: "NAME/loss"
  int64_t epochs = 10;
  Schedule rate = constant_rate(1e-3f);
  float clip_gradient = 0.0f;  // the greatest 2-norm; 0: no limit
  bool bfloat16 = true;        // products in bfloat16 where the processor is faster in it
  // The decay a step of a running average of the weights, which is then what is validated and
  // kept; 0: the weights themselves.
  float average_decay = 0.0f;
  int patience = 1 << 20;  // epochs without improvement before it ends
  RunLog* log = nullptr;   // losses and rates of every `log_steps`, measures of every epoch
  int64_t log_steps = 50;
  // A file from which the same call goes on; written once a minute, when stopped and at the end
  // (then the call returns at once). Empty: none.
  std::string checkpoint = {};
  const std::atomic<bool>* stop = nullptr;  // set from outside: ends after this batch
};

struct FitEpoch {
  double loss = 0.0;     // mean over the epoch's batches
  double rate = 0.0;     // of the last step
  double seconds = 0.0;  // of training, validation not counted
  std::vector<double> measures;
};

struct FitResult {
  std::vector<FitEpoch> epochs;
  int64_t best = 0;      // index of the epoch whose weights the network now has
  double seconds = 0.0;  // of training, over all calls; validation and checkpoints not counted
};

// Thrown when `stop` was set, after the checkpoint is written.
class FitStopped : public std::exception {
 public:
  const char* what() const noexcept override { return "training was stopped"; }
};

// Leaves the network in evaluation with the best weights. The optimiser is over the network's
// parameters. A network on a GPU trains there, batches are moved to it, and `loss` computes with what
// lies there; validation sees it on the CPU, where it is in the end. A loss that is not finite is an Error that names the step (finite.h).
FitResult fit(Module& net, Optimizer& optimizer, const Loader& train, const BatchLoss& loss,
              const Validation& validation, const FitOptions& options);

}  // namespace tengen::nn
