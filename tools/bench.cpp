// `tengen bench NAME`: runs one benchmark, prints its table, writes its figures as JSON.
#include "tools/bench.h"

#include <fmt/format.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "nn/base/check.h"
#include "tools/commands.h"

namespace tengen::tools {
namespace {

struct Benchmark {
  const char* name;
  const char* help;
  std::vector<Figure> (*run)(const BenchOptions&);
};

constexpr Benchmark kBenchmarks[] = {
    {"rules", "Go rules: playouts, legal moves, features", bench_rules},
    {"search", "The tree alone, with the hash evaluator: visits a second, bytes a node",
     bench_search},
};

void print_table(const std::vector<Figure>& figures) {
  size_t width = 0;
  for (const Figure& f : figures) width = std::max(width, f.name.size());
  for (const Figure& f : figures)
    fmt::print("{:<{}}  {:>14} {}\n", f.name, width,
               f.value < 100 ? fmt::format("{:.2f}", f.value) : fmt::format("{:.0f}", f.value),
               f.unit);
}

nlohmann::json as_json(const std::string& name, const std::vector<Figure>& figures) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Figure& f : figures)
    rows.push_back({{"name", f.name}, {"value", f.value}, {"unit", f.unit}});
  return {{"benchmark", name}, {"figures", rows}};
}

}  // namespace

void report_figures(const std::string& benchmark, const std::vector<Figure>& figures,
                    const std::string& json_file) {
  print_table(figures);
  write_json(json_file, as_json(benchmark, figures));
}

void write_json(const std::string& path, const nlohmann::json& content) {
  if (path.empty()) return;
  std::ofstream file(path);
  file << content.dump(2) << "\n";
  if (!file.flush()) throw Error(path + ": cannot write the figures; is the folder there?");
}

void add_bench(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "Measure this machine; each prints a table");
  bench->require_subcommand(1);
  bench->footer(
      "Example:\n  tengen bench eval --seconds 3 --json eval.json\n"
      "On Linux, two-thread figures are steadier as root under `chrt -r 1`.");

  auto options = std::make_shared<BenchOptions>();
  auto json = std::make_shared<std::string>();
  for (const Benchmark& benchmark : kBenchmarks) {
    CLI::App* one = bench->add_subcommand(benchmark.name, benchmark.help);
    one->add_option("--seconds", options->seconds, "Measuring time of each figure")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    one->add_option("--json", *json, "Also write the figures to this file");
    one->callback([options, json, &benchmark] {
      report_figures(benchmark.name, benchmark.run(*options), *json);
    });
  }

  add_bench_eval(*bench);
  add_bench_train(*bench);

  CLI::App* signature = bench->add_subcommand(
      "signature", "One number for the behaviour of rules, features and search");
  signature->add_option("--json", *json, "Also write it to this file");
  signature->callback([json] {
    const std::string value = bench_signature();
    fmt::print("{}\n", value);
    write_json(*json, {{"benchmark", "signature"}, {"signature", value}});
  });
}

}  // namespace tengen::tools
