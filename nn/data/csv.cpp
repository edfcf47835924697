#include "nn/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "nn/base/check.h"
#include "nn/io/gzip.h"

namespace tengen::nn {
namespace {

std::string_view trimmed(std::string_view field) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!field.empty() && blank(field.front())) field.remove_prefix(1);
  while (!field.empty() && blank(field.back())) field.remove_suffix(1);
  return field;
}

std::optional<float> number(std::string_view field) {
  if (field.starts_with('+')) field.remove_prefix(1);
  float value = 0;
  const char* end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& name, const CsvOptions& options)
      : text_(text), name_(name), options_(options) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  CsvTable parse() {
    for (int64_t line = 1; !text_.empty(); ++line) {
      const std::vector<std::string> fields = split(next_line(), line);
      if (fields.size() == 1 && fields[0].empty()) continue;
      if (width_ == 0) {
        width_ = fields.size();
        if (is_header(fields)) {
          table_.columns = fields;
          continue;
        }
      }
      append_row(fields, line);
    }
    table_.values =
        Tensor({static_cast<int64_t>(table_.lines.size()), static_cast<int64_t>(width_)}, values_);
    return std::move(table_);
  }

 private:
  [[noreturn]] void fail(int64_t line, const std::string& what) const {
    throw Error(name_ + ": line " + std::to_string(line) + ": " + what);
  }

  std::string_view next_line() {
    const size_t end = std::min(text_.find('\n'), text_.size());
    std::string_view line = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  // A quote inside quotes is written twice (RFC 4180); a line break inside them is not read.
  std::vector<std::string> split(std::string_view line, int64_t number) const {
    std::vector<std::string> out;
    for (;;) {
      const size_t end = std::min(line.find(options_.separator), line.size());
      const std::string_view plain = trimmed(line.substr(0, end));
      if (!plain.starts_with('"')) {
        out.emplace_back(plain);
        if (end == line.size()) return out;
        line.remove_prefix(end + 1);
        continue;
      }
      line.remove_prefix(line.find('"') + 1);
      out.push_back(quoted(line, number));
      line = trimmed_front(line);
      if (line.empty()) return out;
      if (line.front() != options_.separator)
        fail(number, column(out.size()) + ": text after a closing quote");
      line.remove_prefix(1);
    }
  }

  std::string quoted(std::string_view& line, int64_t number) const {
    std::string out;
    for (;;) {
      const size_t quote = line.find('"');
      if (quote == std::string_view::npos) fail(number, "a quote is not closed on its line");
      out += line.substr(0, quote);
      line.remove_prefix(quote + 1);
      if (!line.starts_with('"')) return out;
      out += '"';
      line.remove_prefix(1);
    }
  }

  static std::string_view trimmed_front(std::string_view line) {
    while (line.starts_with(' ')) line.remove_prefix(1);
    return line;
  }

  bool is_header(const std::vector<std::string>& fields) const {
    if (options_.header) return *options_.header;
    return std::any_of(fields.begin(), fields.end(),
                       [](const std::string& field) { return !number(field); });
  }

  std::string column(size_t number) const {  // from 1
    const std::string name =
        number <= table_.columns.size() ? " (" + table_.columns[number - 1] + ")" : "";
    return "column " + std::to_string(number) + name;
  }

  void append_row(const std::vector<std::string>& fields, int64_t line) {
    if (fields.size() != width_)
      fail(line, std::to_string(fields.size()) + " columns where the first line has " +
                     std::to_string(width_) + "; complete the row or remove it");
    for (size_t i = 0; i < fields.size(); ++i) {
      const std::optional<float> value = number(fields[i]);
      if (!value)
        fail(line, column(i + 1) + ": \"" + fields[i] +
                       "\" is not a finite number; replace it or remove the row");
      values_.push_back(*value);
    }
    table_.lines.push_back(line);
  }

  std::string_view text_;
  const std::string& name_;
  const CsvOptions& options_;
  CsvTable table_;
  std::vector<float> values_;
  size_t width_ = 0;
};

// The table without its column `label`, and that column.
std::vector<Tensor> apart(const CsvTable& table, int64_t label) {
  const int64_t rows = table.values.shape()[0], columns = table.values.shape()[1];
  const std::span<const float> all = table.values.values();
  std::vector<float> inputs, labels;
  for (int64_t i = 0; i < rows * columns; ++i)
    (i % columns == label ? labels : inputs).push_back(all[i]);
  return {Tensor({rows, columns - 1}, inputs), Tensor({rows}, labels)};
}

}  // namespace

CsvTable parse_csv(std::string_view text, const std::string& name, const CsvOptions& options) {
  return Parser(text, name, options).parse();
}

CsvTable read_csv(const std::string& path, const CsvOptions& options) {
  return parse_csv(read_file_or_gzip(path), path, options);
}

DatasetPtr csv_dataset(const std::string& path, const CsvLabel& label, const CsvOptions& options) {
  const CsvTable table = read_csv(path, options);
  const int64_t columns = table.values.shape()[1];
  const int64_t column = label.column < 0 ? columns + label.column : label.column;
  if (column < 0 || column >= columns)
    throw Error(path + ": no column " + std::to_string(label.column) + " for the label among " +
                std::to_string(columns));
  std::vector<Tensor> fields = apart(table, column);
  const std::span<const float> labels = fields[1].values();
  for (size_t row = 0; label.classes > 0 && row < labels.size(); ++row)
    if (labels[row] < 0 || labels[row] >= static_cast<float>(label.classes) ||
        labels[row] != std::floor(labels[row]))
      throw Error(path + ": line " + std::to_string(table.lines[row]) + ": column " +
                  std::to_string(column + 1) + ": label " + std::to_string(labels[row]) +
                  " where a whole number below " + std::to_string(label.classes) + " is expected");
  return tensor_dataset(std::move(fields));
}

}  // namespace tengen::nn
