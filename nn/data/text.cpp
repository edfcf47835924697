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

std::string place(std::string_view text, size_t at) {
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
  return "line " + std::to_string(line) + ", byte " + std::to_string(at);
}

template <class Visit>
void each_character(std::string_view text, const std::string& name, Visit visit) {
  for (size_t at = 0; at < text.size();) {
    const size_t count = character_bytes(text.substr(at));
    if (count == 0)
      throw Error(name + place(text, at) + ": not UTF-8; convert the text first (iconv)");
    visit(text.substr(at, count));
    at += count;
  }
}

// The small letter of a capital one, any other character itself (Unicode's simple case mapping).
uint32_t small_letter(uint32_t c) {
  const auto within = [c](uint32_t first, uint32_t last) { return first <= c && c <= last; };
  if (within('A', 'Z') || (within(0xc0, 0xde) && c != 0xd7)) return c + 0x20;  // ASCII, Latin-1
  if (c == 0x178) return 0xff;
  if (within(0x139, 0x148) || within(0x179, 0x17e)) return c + c % 2;  // pairs, capitals odd
  if (within(0x100, 0x176) && c != 0x130 && c != 0x138) return c | 1;  // pairs, capitals even
  if (c == 0x386) return 0x3ac;
  if (within(0x388, 0x38a)) return c + 0x25;
  if (c == 0x38c) return 0x3cc;
  if (within(0x38e, 0x38f)) return c + 0x3f;
  if (within(0x391, 0x3ab) || within(0x410, 0x42f)) return c + 0x20;  // Greek, Cyrillic
  return within(0x400, 0x40f) ? c + 0x50 : c;
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
  if (first.size() != second.size()) {
    const bool first_ends = first.size() < second.size();
    const size_t lines = std::min(first.size(), second.size());
    throw Error((first_ends ? second_path : first_path) + ": line " + std::to_string(lines + 1) +
                ": has no partner, " + (first_ends ? first_path : second_path) + " ends after " +
                std::to_string(lines) + " lines; give files that belong together line by line");
  }
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

std::string lower_case(std::string_view text) {
  std::string out;
  each_character(text, "text: ", [&](std::string_view character) {
    if (character.size() > 2) {
      out += character;
      return;
    }
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(character[i]); };
    const uint32_t code =
        character.size() == 1 ? byte(0) : (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
    const uint32_t small = small_letter(code);
    if (small < 0x80) {
      out += static_cast<char>(small);
    } else {
      out += static_cast<char>(0xc0 | small >> 6);
      out += static_cast<char>(0x80 | (small & 0x3f));
    }
  });
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
