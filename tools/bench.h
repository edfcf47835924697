// The benchmarks of `tengen bench NAME`: each returns figures, bench.cpp prints them as a table
// and, with --json FILE, writes them. One file each, bench_NAME.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace tengen::tools {

struct Figure {
  std::string name;  // "random 9x9 playouts, one core"
  double value;
  std::string unit;  // "playouts/s"
};

struct BenchOptions {
  double seconds = 1.0;  // measuring time of each figure; the median of several rounds is told
  std::string net;       // weights file for `eval`; empty: built-in shapes with random weights
};

std::vector<Figure> bench_rules(const BenchOptions& options);
std::vector<Figure> bench_search(const BenchOptions& options);
std::vector<Figure> bench_eval(const BenchOptions& options);

// One task, hash evaluator, fixed positions of every game: the same 64-bit number for the same
// rules, search and features with every compiler. Printed as 16 hex digits.
std::string bench_signature();

// `tengen bench train`, which has options and a table of its own.
void add_bench_train(CLI::App& bench);

// Nothing where `path` is empty; an Error where it cannot be written.
void write_json(const std::string& path, const nlohmann::json& content);

}  // namespace tengen::tools
