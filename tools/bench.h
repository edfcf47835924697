// The benchmarks of `tengen bench NAME`: each returns figures, bench.cpp prints them as a table
// and, with --json FILE, writes them. One file each, bench_NAME.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tools/figure.h"

namespace tengen::tools {

struct BenchOptions {
  double seconds = 1.0;  // measuring time of each figure; the median of several rounds is told
};

std::vector<Figure> bench_rules(const BenchOptions& options);
std::vector<Figure> bench_search(const BenchOptions& options);

// One task, hash evaluator, fixed positions of every game: the same 64-bit number for the same
// rules, search and features with every compiler. Printed as 16 hex digits.
std::string bench_signature();

// `tengen bench eval` and `train`, which have options of their own, the second also a table.
void add_bench_eval(CLI::App& bench);
void add_bench_train(CLI::App& bench);

// Prints the table and, where `json_file` is not empty, writes the figures there.
void report_figures(const std::string& benchmark, const std::vector<Figure>& figures,
                    const std::string& json_file);
// Nothing where `path` is empty; an Error where it cannot be written.
void write_json(const std::string& path, const nlohmann::json& content);

}  // namespace tengen::tools
