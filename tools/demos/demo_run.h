// One run of a demo: its folder, what is written there, and how a stopped run goes on.
#pragma once

#include <memory>
#include <string>

#include "nn/training/fit.h"
#include "nn/training/metrics.h"
#include "tools/demos/demo.h"

namespace tengen::tools {

inline constexpr const char* kCheckpointEnding = ".checkpoint.safetensors";

//   OUT/metrics.jsonl, OUT/events.out.tfevents.*   logs
//   OUT/NAME.checkpoint.safetensors                while a run is not finished
//   OUT/net.safetensors                            the best network by validation
//   OUT/*.png                                      pictures, in TensorBoard too
class DemoRun {
 public:
  // Makes the folder. `task` is the demo's name.
  DemoRun(std::string task, const DemoOptions& options);
  ~DemoRun();

  // Takes a network to the device that trains it, before its optimizer is made; fit() brings it
  // back. Says so if that is a GPU.
  void place(nn::Module& net) const;

  // For fit(): name, log, checkpoint and stop are set, and the epochs: the user's, or else
  // `epochs`. Trainings of one run have names of their own.
  nn::FitOptions fit_options(const std::string& name, int64_t epochs) const;
  nn::RunLog& log();
  bool pictures() const { return options_.pictures; }  // whether any are wanted

  // OUT/NAME.png, told in a line.
  void picture(const std::string& name, const nn::Tensor& image);
  // Loss and measures over the epochs, as pictures NAME-loss and NAME-MEASURE; a measure "loss"
  // stands beside the training's.
  void curves(const std::string& name, const nn::FitResult& result,
              const nn::Validation& validation);
  // OUT/net.safetensors, and --save's file.
  void save(const nn::Module& net, const nlohmann::json& architecture);
  // The run is whole: its checkpoints go.
  void finish();

  std::string file(const std::string& name) const;  // OUT/NAME

 private:
  struct Logs;

  const std::string task_;
  const DemoOptions options_;
  std::unique_ptr<Logs> logs_;
};

}  // namespace tengen::tools
