// `tengen bench train`: whole training steps on random data, in float32 and with products in
// bfloat16, and beside them the same steps in libtorch (tools/peer).
//
// Every measurement is a process of its own, so that each peak of memory is that of one workload,
// and the programs take turns, so that what else the machine does meets both.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "nn/precision.h"
#include "tools/bench.h"
#include "tools/device_option.h"
#include "tools/run_program.h"
#include "tools/train_workloads.h"

namespace tengen::tools {
namespace {

using nlohmann::json;

struct Options {
  double seconds = 1.0;
  int rounds = 5;
  std::string only, peer, json_file;
  std::string device = "cpu";
  std::string in_process;  // precision
};

const TrainWorkload& workload_named(const std::string& name) {
  std::string known;
  for (const TrainWorkload& work : train_workloads()) {
    if (work.name == name) return work;
    known.append(" ").append(work.name);
  }
  throw Error("bench train: no workload \"" + name + "\"; there are" + known);
}

double samples_per_second(const TrainWorkload& work, const std::string& precision,
                          const Options& options) {
  const nn::ProductPrecision products(precision == "bf16" ? nn::Precision::kBfloat16
                                                          : nn::Precision::kFloat32);
  nn::Device& device = asked_device(options.device);
  Trainee trainee = work.make(work.batch, device);
  for (int i = 0; i < 3; ++i) trainee.step();
  trainee.finish();
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::chrono::duration<double> passed{};
  int64_t steps = 0;
  // On a GPU step() only queues: ten are waited for together, as a training waits for its figures.
  const int at_once = &device == &nn::cpu_device() ? 1 : 10;
  do {
    for (int i = 0; i < at_once; ++i) trainee.step();
    if (at_once > 1) trainee.finish();
    steps += at_once;
    passed = Clock::now() - start;
  } while (passed.count() < options.seconds);
  return static_cast<double>(steps * work.batch) / passed.count();
}

// What torch_peer prints, too: one line of JSON.
void print_measurement(const TrainWorkload& work, const std::string& precision,
                       const Options& options) {
  const double rate = samples_per_second(work, precision, options);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double peak_mib = static_cast<double>(usage.ru_maxrss) / 1024.0;  // Linux counts in KiB
  fmt::print("{{\"samples_per_second\": {:.2f}, \"peak_mib\": {:.1f}}}\n", rate, peak_mib);
}

struct Measurement {
  double samples_per_second, peak_mib;
};

Measurement measured_by(const std::vector<std::string>& command) {
  const json line = json::parse(run_program(command), nullptr, false);
  if (!line.is_object())
    throw Error("bench train: " + command.front() + " does not answer as expected");
  return {line.at("samples_per_second").get<double>(), line.at("peak_mib").get<double>()};
}

// The medians of one program's rounds.
class Contender {
 public:
  explicit Contender(std::vector<std::string> command) : command_(std::move(command)) {}
  void run() {
    const Measurement one = measured_by(command_);
    rates_.push_back(one.samples_per_second);
    peaks_.push_back(one.peak_mib);
  }
  Measurement median() const { return {middle(rates_), middle(peaks_)}; }

 private:
  static double middle(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
  std::vector<std::string> command_;
  std::vector<double> rates_, peaks_;
};

struct Row {
  std::string workload, precision;
  Measurement tengen;
  std::optional<Measurement> libtorch;
  std::optional<Measurement> libtorch_fp32;  // of the same workload
};

Row measured_row(const TrainWorkload& work, const std::string& precision, const Options& options) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string seconds = fmt::format("{}", options.seconds);
  const std::string workers = std::to_string(worker_count());
  Contender tengen({self, "--threads", workers, "bench", "train", "--in-process", precision,
                    "--only", work.name, "--seconds", seconds, "--device", options.device});
  Contender libtorch({options.peer, work.name, precision, seconds, workers});
  const bool compared = !options.peer.empty();
  for (int round = 0; round < options.rounds; ++round) {
    tengen.run();
    if (compared) libtorch.run();
  }
  return {work.name, precision, tengen.median(),
          compared ? std::optional(libtorch.median()) : std::nullopt, std::nullopt};
}

void print_row(const Row& row) {
  fmt::print("{:<6} {:<5} {:>10.1f} {:>6.0f}", row.workload, row.precision,
             row.tengen.samples_per_second, row.tengen.peak_mib);
  if (row.libtorch)
    fmt::print(" {:>10.1f} {:>6.0f} {:>6.2f}", row.libtorch->samples_per_second,
               row.libtorch->peak_mib,
               row.tengen.samples_per_second / row.libtorch->samples_per_second);
  if (row.libtorch_fp32)
    fmt::print(" {:>7.2f}", row.tengen.samples_per_second / row.libtorch_fp32->samples_per_second);
  fmt::print("\n");
  std::fflush(stdout);
}

json as_json(const Row& row) {
  const auto both = [](const Measurement& m) {
    return json{{"samples_per_second", m.samples_per_second}, {"peak_mib", m.peak_mib}};
  };
  json out{{"workload", row.workload}, {"precision", row.precision}, {"tengen", both(row.tengen)}};
  if (row.libtorch) out["libtorch"] = both(*row.libtorch);
  return out;
}

void compare(const Options& options) {
  const bool on_cpu = &asked_device(options.device) == &nn::cpu_device();
  json rows = json::array();
  fmt::print("{:<6} {:<5} {:>10} {:>6}", "", "", "samples/s", "MiB");
  if (!options.peer.empty())
    fmt::print(" {:>10} {:>6} {:>6} {:>7}", "libtorch", "MiB", "ratio", "to fp32");
  fmt::print("\n");
  for (const TrainWorkload& work : train_workloads()) {
    if (options.only.empty() ? work.for_gpus && on_cpu : options.only != work.name) continue;
    std::optional<Measurement> libtorch_fp32;
    for (const char* precision : {"fp32", "bf16"}) {
      Row row = measured_row(work, precision, options);
      if (!libtorch_fp32) libtorch_fp32 = row.libtorch;
      row.libtorch_fp32 = libtorch_fp32;
      print_row(row);
      rows.push_back(as_json(row));
    }
  }
  for (const TrainWorkload& work : train_workloads())
    fmt::print("{}: {}, batch {}\n", work.name, work.description, work.batch);
  write_json(options.json_file, {{"benchmark", "train"}, {"rows", rows}});
}

}  // namespace

void add_bench_train(CLI::App& bench) {
  CLI::App* train = bench.add_subcommand("train", "Training steps: samples a second, peak memory");
  const auto options = std::make_shared<Options>();
  train->add_option("--seconds", options->seconds, "Measuring time of each process")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  train->add_option("--rounds", options->rounds, "Processes of each figure; the median is told")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  train->add_option("--only", options->only, "Measure this workload alone");
  train->add_option("--peer", options->peer, "Take turns with this torch_peer (tools/peer)")
      ->check(CLI::ExistingFile);
  add_device_option(*train, options->device);
  train->add_option("--json", options->json_file, "Also write the figures to this file");
  train
      ->add_option("--in-process", options->in_process,
                   "Train the workload of --only here, in this precision; print one line of JSON")
      ->check(CLI::IsMember({"fp32", "bf16"}));
  train->callback([options] {
    if (!options->only.empty()) workload_named(options->only);
    if (options->in_process.empty()) return compare(*options);
    print_measurement(workload_named(options->only), options->in_process, *options);
  });
}

}  // namespace tengen::tools
