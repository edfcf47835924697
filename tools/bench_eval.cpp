// `tengen bench eval`: how fast networks judge positions, heads and pooling included: on one core
// one by one and sixteen at once, and on all workers; in one precision or several side by side;
// and, with --peer, beside KataGo with the same network on the same board.
#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "nn/base/check.h"
#include "nn/base/parallel.h"
#include "tools/bench.h"
#include "tools/bench_eval_gpu.h"
#include "tools/device_option.h"
#include "tools/eval_subject.h"
#include "tools/katago_peer.h"

namespace tengen::tools {
namespace {

constexpr int kRowsAtOnce = 16;
constexpr int kRowsPerWorker = 8;
constexpr double kMiB = 1 << 20;

struct Options {
  double seconds = 1.0;
  int turns = 5;
  std::string net, peer, json_file;
  std::vector<int> sizes{9, 19};
  std::vector<std::string> precisions{"float32"};
  std::string device = "cpu";
  GpuEvalOptions gpu;
};

// A network on one board in one precision, and where its rates are among all.
struct Subject {
  Subject(const EvalNet& net, int size, nn::PlanPrecision precision)
      : one(net.graph(size, 1), precision, kRowsPerWorker * worker_count()),
        many(net.graph(size, kRowsAtOnce), precision, 1),
        name(fmt::format("{} {}x{} {}", net.name, size, size,
                         nn::plan_precision_name(one.plan().precision()))) {}

  EvalPlan one, many;
  std::string name;
};

// Those that this processor has of the precisions that are asked for, each once.
std::list<Subject> subjects(const EvalNet& net, int size, const Options& options) {
  std::list<Subject> out;
  for (const std::string& name : options.precisions) {
    Subject& added = out.emplace_back(net, size, nn::plan_precision_named(name));
    const nn::PlanPrecision runs_in = added.one.plan().precision();
    if (std::count_if(out.begin(), out.end(),
                      [&](const Subject& s) { return s.one.plan().precision() == runs_in; }) == 1)
      continue;
    fmt::print(stderr, "{} {}x{} in {} would run in {}: left out\n", net.name, size, size, name,
               nn::plan_precision_name(runs_in));
    out.pop_back();
  }
  return out;
}

std::string counted(const char* what) {
  return fmt::format("{} {}{}", worker_count(), what, worker_count() == 1 ? "" : "s");
}

// `rates` of the subject's three contenders.
void tell(const Subject& s, const double* rates, std::optional<double> peer,
          std::vector<Figure>& figures) {
  const nn::Plan& plan = s.one.plan();
  figures.push_back({s.name + ", one core", rates[0], "evaluations/s"});
  figures.push_back(
      {fmt::format("{}, one core, {} at once", s.name, kRowsAtOnce), rates[1], "evaluations/s"});
  figures.push_back({s.name + ", one by one to 16 at once", rates[0] / rates[1], "times"});
  figures.push_back({fmt::format("{}, {}", s.name, counted("worker")), rates[2], "evaluations/s"});
  if (peer) figures.push_back({s.name + ", to KataGo", rates[2] / *peer, "times"});
  figures.push_back(
      {s.name + ", one core, as direct convolution", rates[0] * plan.flops() * 1e-9, "GFLOP/s"});
  figures.push_back(
      {s.name + ", each thread", static_cast<double>(plan.workspace_bytes()) / kMiB, "MiB"});
  figures.push_back(
      {s.name + ", packed weights", static_cast<double>(plan.weight_bytes()) / kMiB, "MiB"});
}

void measure(const EvalNet& net, int size, const Options& options, std::vector<Figure>& figures) {
  std::list<Subject> all = subjects(net, size, options);
  std::vector<Contender> contenders;
  for (Subject& s : all)
    for (Contender c : {s.one.on_this_thread(), s.many.on_this_thread(), s.one.on_all_workers()})
      contenders.push_back(c);
  std::unique_ptr<KatagoPeer> peer;
  if (!options.peer.empty()) {
    peer = std::make_unique<KatagoPeer>(options.peer, net.katago_file, size, worker_count());
    contenders.push_back([&](double seconds) { return peer->evaluations_per_second(seconds); });
  }
  const std::vector<double> rates =
      median_rates(contenders, options.turns, options.seconds / options.turns);
  const std::optional<double> of_peer = peer ? std::optional(rates.back()) : std::nullopt;
  const double* next = rates.data();
  for (const Subject& s : all) {
    tell(s, next, of_peer, figures);
    next += 3;
  }
  if (of_peer)
    figures.push_back({fmt::format("{} {}x{}, KataGo on {}", net.name, size, size, counted("core")),
                       *of_peer, "evaluations/s"});
}

std::vector<Figure> bench_eval(const Options& options) {
  std::vector<EvalNet> nets;
  if (options.net.empty()) {
    for (const int channels : {64, 96}) nets.push_back(random_eval_net(6, channels));
  } else {
    nets.push_back(eval_net_of_file(options.net));
  }
  if (!options.peer.empty() && nets.front().katago_file.empty())
    throw Error(
        "bench eval: KataGo can run beside only with a network of its own; add --net "
        "FILE.bin.gz");
  std::vector<Figure> figures;
  nn::Device& device = asked_device(options.device);
  if (&device != &nn::cpu_device()) {
    GpuEvalOptions gpu = options.gpu;
    gpu.sizes = options.sizes;
    gpu.seconds = options.seconds;
    for (const EvalNet& net : nets) bench_eval_on_gpu(net, device, gpu, figures);
    return figures;
  }
  for (const EvalNet& net : nets)
    for (const int size : options.sizes) measure(net, size, options, figures);
  return figures;
}

}  // namespace

void add_bench_eval(CLI::App& bench) {
  CLI::App* eval = bench.add_subcommand("eval", "Networks: evaluations a second, memory");
  const auto options = std::make_shared<Options>();
  eval->add_option("--net", options->net,
                   "Measure this network: .safetensors, or KataGo's .bin.gz or .bin of version 8 "
                   "(else Tengen's own shapes with random weights)")
      ->check(CLI::ExistingFile);
  eval->add_option("--sizes", options->sizes, "Of the boards, with commas between them")
      ->delimiter(',')
      ->check(CLI::Range(2, 25))
      ->capture_default_str();
  eval->add_option("--precision", options->precisions,
                   "float32, bfloat16, int16: those that this processor has, side by side")
      ->delimiter(',')
      ->check(CLI::IsMember({"float32", "bfloat16", "int16"}))
      ->capture_default_str();
  eval->add_option("--peer", options->peer, "Take turns with this KataGo, with the same network")
      ->check(CLI::ExistingFile);
  eval->add_option("--seconds", options->seconds, "Measuring time of each figure")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  eval->add_option("--turns", options->turns, "Of each figure; the median is told")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_device_option(*eval, options->device);
  eval->add_option("--rows", options->gpu.rows, "Of a GPU's batches, with commas between them")
      ->delimiter(',')
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  eval->add_option("--json", options->json_file, "Also write the figures to this file");
  eval->footer(
      "Examples:\n"
      "  tengen bench eval\n"
      "  tengen bench eval --net mine.safetensors --sizes 9 --precision float32,int16\n"
      "  tengen bench eval --device cuda:0 --net g170-b6c96.bin.gz --rows 64,1024\n"
      "  chrt -r 1 tengen bench eval --net g170-b6c96.bin.gz --peer ./katago   (as root)");
  eval->callback([options] { report_figures("eval", bench_eval(*options), options->json_file); });
}

}  // namespace tengen::tools
