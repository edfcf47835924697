#include "nn/data/text.h"

#include <algorithm>
#include <cstdint>

#include "nn/base/check.h"
#include "nn/io/gzip.h"

namespace tengen::nn {
namespace {

// The bytes of the code point at the front of `text`, 0 if it is not valid (RFC 3629): no overlong
// forms, no surrogates, nothing beyond U+10FFFF.
size_t character_bytes(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < count) return 0;
  for (size_t i = 1; i < count; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const uint8_t second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return count;
}

std::string at_byte(size_t at, const std::string& what) {
  return "byte " + std::to_string(at) + ": " + what;
}

template <class Visit>
void each_character(std::string_view text, const std::string& name, Visit visit) {
  for (size_t at = 0; at < text.size();) {
    const size_t count = character_bytes(text.substr(at));
    if (count == 0) throw Error(name + at_byte(at, "not UTF-8; convert the text first (iconv)"));
    visit(text.substr(at, count));
    at += count;
  }
}

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '\'' ||
         static_cast<uint8_t>(c) >= 0x80;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::vector<std::string_view> columns_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    const size_t tab = line.find('\t');
    out.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

std::string read_text(const std::string& path) {
  std::string text = read_file_or_gzip(path);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  each_character(text, path + ": ", [](std::string_view) {});
  return text;
}

std::vector<std::string> read_lines(const std::string& path) {
  const std::string text = read_text(path);
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    const size_t next = end + 1;
    if (end > at && text[end - 1] == '\r') --end;
    lines.push_back(text.substr(at, end - at));
    at = next;
  }
  return lines;
}

std::vector<TextPair> read_parallel(const std::string& first_path, const std::string& second_path) {
  std::vector<std::string> first = read_lines(first_path), second = read_lines(second_path);
  if (first.size() != second.size())
    throw Error(second_path + ": " + std::to_string(second.size()) + " lines, but " + first_path +
                " has " + std::to_string(first.size()) + "; the files do not belong together");
  std::vector<TextPair> out;
  for (size_t i = 0; i < first.size(); ++i)
    out.emplace_back(std::move(first[i]), std::move(second[i]));
  return out;
}

std::vector<TextPair> read_tsv_pairs(const std::string& path, int first_column, int second_column) {
  CHECK(first_column >= 0);
  CHECK(second_column >= 0);
  const size_t needed = static_cast<size_t>(std::max(first_column, second_column)) + 1;
  const std::vector<std::string> lines = read_lines(path);
  std::vector<TextPair> out;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const std::vector<std::string_view> columns = columns_of(lines[i]);
    if (columns.size() < needed)
      throw Error(path + ": line " + std::to_string(i + 1) + ": " + std::to_string(columns.size()) +
                  " columns between tabs, " + std::to_string(needed) + " are needed");
    out.emplace_back(columns[first_column], columns[second_column]);
  }
  return out;
}

std::vector<std::string_view> split_characters(std::string_view text) {
  std::vector<std::string_view> out;
  each_character(text, "text: ", [&](std::string_view character) { out.push_back(character); });
  return out;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    if (is_space(text[at])) {
      at = end;
      continue;
    }
    if (in_word(text[at]))
      while (end < text.size() && in_word(text[end])) ++end;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace tengen::nn
