#include "nn/summary.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>

namespace tengen::nn {
namespace {

// Multiply-adds of one operation. A convolution's weight is [kh,kw,C/groups,K]: each result takes
// all but its last axis. A transposed one has the same products the other way round.
double multiply_adds(const Graph& graph, const GraphNode& n) {
  const auto shape = [&](size_t which) -> const Shape& {
    return graph.nodes[static_cast<size_t>(n.inputs.at(which))].shape;
  };
  const auto size = [](const Shape& s) { return static_cast<double>(s.size()); };
  const double out = size(n.shape);
  if (n.op == "conv2d") return out * size(shape(1)) / static_cast<double>(shape(1)[-1]);
  if (n.op == "conv_transpose2d")
    return size(shape(0)) * size(shape(1)) / static_cast<double>(shape(1)[-1]);
  if (n.op == "linear" || n.op == "matmul") return out * static_cast<double>(shape(1)[0]);
  if (n.op == "batch_matmul")
    return out * static_cast<double>(shape(0)[n.attributes.at("transpose_a") != 0 ? 1 : 2]);
  if (n.op == "rnn" || n.op == "lstm" || n.op == "gru") {
    const double steps = static_cast<double>(shape(0)[0] * shape(0)[1]);
    return steps * (size(shape(1)) + size(shape(2)));
  }
  return 0.0;
}

// 1234567 as "1,234,567".
std::string grouped(int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

// 1234567 as "1.23 M", with `base` 1000 for counts, 1024 for bytes.
std::string rounded(double number, double base, const std::array<const char*, 5>& units) {
  size_t unit = 0;
  for (; number >= base && unit + 1 < units.size(); ++unit) number /= base;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f" : number < 100 ? "%.2f" : "%.0f", number);
  return std::string(text) + units[unit];
}
std::string of_flops(double flops) { return rounded(flops, 1000, {"", " k", " M", " G", " T"}); }
std::string of_bytes(double bytes) {
  return rounded(bytes, 1024, {" bytes", " KiB", " MiB", " GiB", " TiB"});
}

// Columns as wide as their widest cell; the last two stand at the right.
std::string aligned(const std::vector<std::array<std::string, 5>>& cells) {
  std::array<size_t, 5> widths{};
  for (const auto& row : cells)
    for (size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
  std::string text;
  for (const auto& row : cells) {
    std::string line;
    for (size_t k = 0; k < row.size(); ++k) {
      const std::string blanks(widths[k] - row[k].size(), ' ');
      line += k < 3 ? row[k] + blanks : blanks + row[k];
      line += "  ";
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

Summary summarize(const Graph& graph, const Module& module) {
  std::map<const float*, NamedTensor> parameters, all;
  for (const NamedTensor& entry : module.state()) all[entry.tensor.data()] = entry;
  Summary summary;
  for (const NamedVar& entry : module.parameters()) {
    parameters[entry.var.value().data()] = {entry.path, entry.var.value()};
    summary.parameters += entry.var.value().size();
  }
  for (const NamedTensor& entry : module.buffers()) summary.buffers += entry.tensor.size();

  std::set<const float*> counted;
  for (const GraphNode& n : graph.nodes) {
    if (n.op == "constant") continue;
    SummaryRow row{"", n.op, n.shape, 0, 2 * multiply_adds(graph, n)};
    for (const int input : n.inputs) {
      const float* data = graph.nodes[static_cast<size_t>(input)].value.defined()
                              ? graph.nodes[static_cast<size_t>(input)].value.data()
                              : nullptr;
      if (!data || !all.contains(data)) continue;
      const std::string& path = all[data].path;
      if (row.layer.empty()) row.layer = path.substr(0, std::min(path.rfind('.'), path.size()));
      if (parameters.contains(data) && counted.insert(data).second)
        row.parameters += all[data].tensor.size();
    }
    summary.flops += row.flops;
    if (n.op != "input" && n.op != "reshape")
      summary.activation_bytes += n.shape.size() * static_cast<int64_t>(sizeof(float));
    summary.rows.push_back(std::move(row));
  }
  return summary;
}

std::string Summary::text() const {
  std::vector<std::array<std::string, 5>> cells{
      {"layer", "operation", "output", "parameters", "FLOPs"}};
  for (const SummaryRow& row : rows)
    cells.push_back({row.layer, row.operation, row.output.text(),
                     row.parameters > 0 ? grouped(row.parameters) : "",
                     row.flops > 0 ? of_flops(row.flops) : ""});
  cells.push_back({"total", "", "", grouped(parameters), of_flops(flops)});
  const double bytes = static_cast<double>((parameters + buffers) * int64_t{sizeof(float)});
  return aligned(cells) + "\nweights " + of_bytes(bytes) + " (" + grouped(buffers) +
         " numbers of them not learned), activations " +
         of_bytes(static_cast<double>(activation_bytes)) + "\n";
}

}  // namespace tengen::nn
