// CSV: tables of numbers, plain or gzip.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::nn {

struct CsvOptions {
  char separator = ',';
  // Whether the first line holds the columns' names; left open, it does if a field of it is not a
  // number.
  std::optional<bool> header = {};
};

struct CsvTable {
  std::vector<std::string> columns;  // empty without a header
  Tensor values;                     // [rows, columns]
  std::vector<int64_t> lines;        // of each row, from 1, for errors
};

// Fields may stand in double quotes; empty lines are passed over. Error names file, line and
// column: a row shorter or longer than the first, a field that is empty or no finite number.
CsvTable read_csv(const std::string& path, const CsvOptions& options = {});
// The same from memory; `name` stands for the file in errors.
CsvTable parse_csv(std::string_view text, const std::string& name, const CsvOptions& options = {});

struct CsvLabel {
  int column = -1;  // negative: counted from the end
  // Labels must be whole and below it; 0: any number is right, as in a regression.
  int classes = 0;
};

// Samples {[columns - 1], label []}. Error names file, line and column of a label out of range.
DatasetPtr csv_dataset(const std::string& path, const CsvLabel& label,
                       const CsvOptions& options = {});

}  // namespace tengen::nn
