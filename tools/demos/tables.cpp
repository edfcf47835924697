#include "tools/demos/tables.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/data/csv.h"

namespace tengen::tools {
namespace {

using nn::Tensor;

constexpr int64_t kWavePoints = 20, kCloudPoints = 200, kTestPoints = 400;

void fill_wave(Tensor& x, Tensor& y, Rng& rng) {
  for (int64_t i = 0; i < x.size(); ++i) {
    const double at = static_cast<double>(i) / static_cast<double>(x.size() - 1);
    x.data()[i] = static_cast<float>(at);
    y.data()[i] = static_cast<float>(std::sin(2 * std::numbers::pi * at) + 0.3 * rng.normal());
  }
}

void fill_clouds(Tensor& x, Tensor& y, Rng& rng) {
  for (int64_t i = 0; i < y.size(); ++i) {
    const double side = i % 2 == 0 ? -1 : 1;
    const double along = rng.normal(), across = 0.6 * rng.normal();
    x.data()[2 * i] = static_cast<float>(3 + 0.8 * side + 0.8 * along - 0.6 * across);
    x.data()[2 * i + 1] = static_cast<float>(2 - 0.5 * side + 0.6 * along + 0.8 * across);
    y.data()[i] = static_cast<float>(i % 2);
  }
}

template <class Fill>
void make_rows(int64_t rows, int64_t columns, const Fill& fill, Rng& rng, Tensor* x, Tensor* y) {
  *x = Tensor({rows, columns});
  *y = Tensor({rows, 1});
  fill(*x, *y, rng);
}

// Rows `which` of `values`, without the last column, and that column.
void take_rows(const Tensor& values, const std::vector<int64_t>& which, Tensor* x, Tensor* y) {
  const int64_t columns = values.shape()[1];
  const auto rows = static_cast<int64_t>(which.size());
  *x = Tensor({rows, columns - 1});
  *y = Tensor({rows, 1});
  for (int64_t i = 0; i < rows; ++i) {
    const float* row = values.data() + which[i] * columns;
    std::copy_n(row, columns - 1, x->data() + i * (columns - 1));
    y->data()[i] = row[columns - 1];
  }
}

void check_binary(const nn::CsvTable& table, const std::string& path) {
  const int64_t columns = table.values.shape()[1];
  for (int64_t row = 0; row < table.values.shape()[0]; ++row) {
    const float target = table.values.data()[(row + 1) * columns - 1];
    if (target != 0.0f && target != 1.0f)
      throw Error(fmt::format("{}: line {}, column {}: the class is {}; it must be 0 or 1", path,
                              table.lines[row], columns, target));
  }
}

}  // namespace

Table noisy_wave(uint64_t seed) {
  Table table{.source = "a wave with noise, made here", .features = {"x"}, .target = "y"};
  Rng rng(seed);
  make_rows(kWavePoints, 1, fill_wave, rng, &table.x, &table.y);
  make_rows(kTestPoints, 1, fill_wave, rng, &table.test_x, &table.test_y);
  return table;
}

Table two_clouds(uint64_t seed) {
  Table table{
      .source = "two clouds of points, made here", .features = {"x", "y"}, .target = "class"};
  Rng rng(seed);
  make_rows(kCloudPoints, 2, fill_clouds, rng, &table.x, &table.y);
  make_rows(kTestPoints, 2, fill_clouds, rng, &table.test_x, &table.test_y);
  return table;
}

Table read_table(const std::string& path, bool binary, uint64_t seed) {
  constexpr int64_t kLeastRows = 6;
  const nn::CsvTable csv = nn::read_csv(path);
  const int64_t rows = csv.values.shape()[0], columns = csv.values.shape()[1];
  if (columns < 2)
    throw Error(path + ": has one column; at least one feature and, last, the target are needed");
  if (rows < kLeastRows)
    throw Error(fmt::format("{}: has {} rows; {} are the least", path, rows, kLeastRows));
  if (binary) check_binary(csv, path);
  Table table;
  table.source = path;
  for (int64_t column = 0; column < columns; ++column) {
    const std::string name =
        csv.columns.empty() ? fmt::format("column {}", column + 1) : csv.columns[column];
    if (column + 1 < columns)
      table.features.push_back(name);
    else
      table.target = name;
  }
  std::vector<int64_t> order(rows);
  std::iota(order.begin(), order.end(), 0);
  Rng rng(seed);
  for (int64_t i = rows - 1; i > 0; --i)
    std::swap(order[i], order[rng.below(static_cast<uint32_t>(i + 1))]);
  const auto kept = order.begin() + rows / 3;
  take_rows(csv.values, {order.begin(), kept}, &table.test_x, &table.test_y);
  take_rows(csv.values, {kept, order.end()}, &table.x, &table.y);
  return table;
}

std::vector<double> column_of(const Tensor& x, int64_t column) {
  std::vector<double> out;
  for (int64_t i = column; i < x.size(); i += x.shape()[1]) out.push_back(x.data()[i]);
  return out;
}

Tensor standardized(const Tensor& x, const Tensor& of) {
  const int64_t columns = x.shape()[1], rows = of.shape()[0];
  Tensor out = x.clone();
  for (int64_t column = 0; column < columns; ++column) {
    double sum = 0, squares = 0;
    for (int64_t row = 0; row < rows; ++row) sum += of.data()[row * columns + column];
    const double mean = sum / static_cast<double>(rows);
    for (int64_t row = 0; row < rows; ++row)
      squares += std::pow(of.data()[row * columns + column] - mean, 2);
    const double deviation = std::sqrt(squares / static_cast<double>(rows));
    for (int64_t row = 0; row < x.shape()[0]; ++row) {
      float& value = out.data()[row * columns + column];
      value = static_cast<float>((value - mean) / (deviation > 0 ? deviation : 1));
    }
  }
  return out;
}

Tensor powers(const Tensor& x, const Tensor& of, int64_t degree) {
  CHECK(x.shape()[1] == 1);
  const auto [least, greatest] = std::minmax_element(of.values().begin(), of.values().end());
  const double middle = (*least + *greatest) / 2.0;
  const double half = *greatest > *least ? (*greatest - *least) / 2.0 : 1.0;
  Tensor out({x.size(), degree});
  for (int64_t row = 0; row < x.size(); ++row) {
    double power = 1;
    for (int64_t k = 0; k < degree; ++k) {
      power *= (x.data()[row] - middle) / half;
      out.data()[row * degree + k] = static_cast<float>(power);
    }
  }
  return out;
}

}  // namespace tengen::tools
