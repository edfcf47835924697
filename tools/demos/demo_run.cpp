#include "tools/demos/demo_run.h"

#include <fmt/core.h>

#include <filesystem>

#include "nn/base/check.h"
#include "nn/io/image_file.h"
#include "nn/training/event_log.h"
#include "nn/training/json_log.h"
#include "tools/pictures/chart.h"

namespace tengen::tools {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> checkpoints_in(const std::string& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().string().ends_with(kCheckpointEnding)) found.push_back(entry.path());
  return found;
}

// The folder, made if need be. A run that begins anew does not append to the logs of another.
std::string prepared(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(folder + ": the folder cannot be made: " + error.message());
  if (!checkpoints_in(folder).empty()) return folder;
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "metrics.jsonl" || name.starts_with("events.out.")) old.push_back(entry.path());
  }
  for (const fs::path& path : old) fs::remove(path);
  return folder;
}

}  // namespace

struct DemoRun::Logs {
  explicit Logs(const std::string& folder)
      : json(folder + "/metrics.jsonl"), events(folder), both({&json, &events}) {}
  nn::JsonLog json;
  nn::EventLog events;
  nn::RunLogs both;
};

DemoRun::DemoRun(std::string task, const DemoOptions& options)
    : task_(std::move(task)),
      options_(options),
      logs_(std::make_unique<Logs>(prepared(options.out))) {}

DemoRun::~DemoRun() = default;

std::string DemoRun::file(const std::string& name) const { return options_.out + "/" + name; }

nn::RunLog& DemoRun::log() { return logs_->both; }

void DemoRun::place(nn::Module& net) const {
  if (options_.device == &nn::cpu_device()) return;
  fmt::print("trained on {}\n", options_.device->name());
  net.to(*options_.device);
}

nn::FitOptions DemoRun::fit_options(const std::string& name, int64_t epochs) const {
  nn::FitOptions fit;
  fit.name = name;
  fit.epochs = options_.epochs > 0 ? options_.epochs : epochs;
  fit.log = &logs_->both;
  fit.checkpoint = file(name + kCheckpointEnding);
  fit.stop = options_.stop;
  return fit;
}

void DemoRun::picture(const std::string& name, const nn::Tensor& image) {
  const std::string path = file(name + ".png");
  nn::write_png(path, image);
  logs_->both.image(name, 0, image);
  fmt::print("picture: {}\n", path);
}

void DemoRun::curves(const std::string& name, const nn::FitResult& result,
                     const nn::Validation& validation) {
  Curve epochs;  // without their heights yet
  Curve training{"training", {}, {}};
  for (size_t epoch = 0; epoch < result.epochs.size(); ++epoch) {
    epochs.x.push_back(static_cast<double>(epoch + 1));
    training.y.push_back(result.epochs[epoch].loss);
  }
  training.x = epochs.x;
  std::vector<Curve> losses{training};
  for (size_t i = 0; i < validation.names.size(); ++i) {
    const std::string& measure = validation.names[i];
    Curve curve = epochs;
    for (const nn::FitEpoch& epoch : result.epochs) curve.y.push_back(epoch.measures[i]);
    if (measure == "loss") {
      curve.name = "validation";
      losses.push_back(curve);
    } else {
      picture(name + "-" + measure,
              line_chart({curve}, {.title = name + ": validation " + measure, .x_label = "epoch"}));
    }
  }
  picture(name + "-loss", line_chart(losses, {.title = name + ": loss", .x_label = "epoch"}));
}

void DemoRun::save(const nn::Module& net, const nlohmann::json& architecture) {
  for (const std::string& path : {file("net.safetensors"), options_.save}) {
    if (path.empty()) continue;
    save_trained_net(path, task_, architecture, net);
    fmt::print("network: {}\n", path);
  }
}

void DemoRun::finish() {
  logs_->both.flush();
  for (const fs::path& path : checkpoints_in(options_.out)) fs::remove(path);
}

}  // namespace tengen::tools
