#include "tools/demos/demo_bench.h"

#include <fmt/core.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "nn/base/check.h"
#include "nn/cpu/kernels.h"
#include "nn/io/atomic_file.h"
#include "tools/bench.h"
#include "tools/demos/asked_options.h"

namespace tengen::tools {
namespace {

using nlohmann::json;

// One figure over the seeds.
struct Summary {
  std::string recipe, name, unit;
  std::vector<double> values;

  double mean() const {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  double deviation() const {  // of the sample
    if (values.size() < 2) return 0.0;
    double sum = 0.0;
    for (const double value : values) sum += (value - mean()) * (value - mean());
    return std::sqrt(sum / static_cast<double>(values.size() - 1));
  }
};

Figures figures_of(const std::string& path) {
  const json content = json::parse(nn::read_file(path), nullptr, /*allow_exceptions=*/false);
  Figures figures;
  try {
    for (const json& row : content.at("figures"))
      figures.push_back({row.at("name"), row.at("value"), row.at("unit")});
  } catch (const json::exception&) {
    throw Error(path + ": not the figures of a run; remove the file to measure again");
  }
  return figures;
}

Figures run_seed(const Demo& demo, const DemoOptions& options) {
  const std::string path = options.out + "/figures.json";
  if (std::filesystem::exists(path)) {
    fmt::print("{} seed {}: measured before, from {}\n", options.recipe, options.seed, path);
    return figures_of(path);
  }
  fmt::print("{} seed {}:\n", options.recipe, options.seed);
  const Figures figures = demo.run(options);
  report_figures(demo.name, figures, path);
  return figures;
}

void add(const std::string& recipe, const Figures& figures, std::vector<Summary>& to) {
  for (const Figure& figure : figures) {
    auto found = std::find_if(to.begin(), to.end(), [&](const Summary& summary) {
      return summary.recipe == recipe && summary.name == figure.name;
    });
    if (found == to.end()) found = to.insert(to.end(), {recipe, figure.name, figure.unit, {}});
    found->values.push_back(figure.value);
  }
}

void print(const std::vector<Summary>& summaries) {
  fmt::print("{:<16} {:<28} {:>12} {:>10}  {:<10} seeds\n", "recipe", "figure", "mean", "deviation",
             "unit");
  for (const Summary& summary : summaries)
    fmt::print("{:<16} {:<28} {:>12.3f} {:>10.3f}  {:<10} {}\n", summary.recipe, summary.name,
               summary.mean(), summary.deviation(), summary.unit, summary.values.size());
}

json as_json(const Demo& demo, const std::vector<Summary>& summaries) {
  json rows = json::array();
  for (const Summary& summary : summaries)
    rows.push_back({{"recipe", summary.recipe},
                    {"name", summary.name},
                    {"mean", summary.mean()},
                    {"deviation", summary.deviation()},
                    {"values", summary.values},
                    {"unit", summary.unit}});
  return {
      {"demo", demo.name},
      {"kernels", nn::kernels().name},
      {"threads", tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism)},
      {"figures", rows}};
}

}  // namespace

void bench_demo(const Demo& demo, const DemoOptions& options, const DemoBenchOptions& bench,
                const std::string& asked) {
  std::vector<std::string> recipes = demo.bench;
  if (!options.recipe.empty()) recipes = {options.recipe};
  const std::string root =
      options.out.empty() ? fmt::format("demos/{}/bench", demo.name) : options.out;
  std::vector<Summary> summaries;
  for (const std::string& recipe : recipes)
    for (int64_t seed = 1; seed <= bench.seeds; ++seed) {
      DemoOptions one = options;
      one.recipe = recipe;
      one.seed = static_cast<uint64_t>(seed);
      one.out = fmt::format("{}/{}-seed{}", root, recipe, seed);
      one.pictures = options.pictures && seed == 1;
      one.interactive = false;
      keep_asked(one.out, asked, /*keeps_figures=*/true);
      add(recipe, run_seed(demo, one), summaries);
    }
  print(summaries);
  write_json(bench.json, as_json(demo, summaries));
}

}  // namespace tengen::tools
