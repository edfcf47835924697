#include "envs/go/sgf_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \n\r");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \n\r") - begin + 1);
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return trimmed(text);
}

}  // namespace

SgfGame SgfReader::read_main_line() {
  SgfNode node;
  bool root = true;
  while (scanner_.next_node(node)) {
    if (root) read_root(node);
    read_node(node, root);
    root = false;
  }
  return std::move(game_);
}

void SgfReader::read_root(const SgfNode& node) {
  for (const SgfProperty& property : node) {
    const SgfValue& value = property.values.front();
    const std::string& name = property.name;
    // The size first: it says how points are written.
    if (name == "GM" && trimmed(value.text) != "1") scanner_.fail(value.offset, "1 for Go in GM");
    if (name == "SZ") game_.size = read_size(value);
    if (name == "KM") game_.komi = read_komi(value);
    if (name == "HA") game_.handicap = static_cast<int>(read_number(value));
  }
}

void SgfReader::read_node(const SgfNode& node, bool root) {
  for (const SgfProperty& property : node) {
    const std::string& name = property.name;
    if (name == "B" || name == "W")
      read_move(property);
    else if (name == "AB" || name == "AW" || name == "AE")
      read_set_up(property);
    else if (name == "PL")
      read_turn(property.values.front());
    else if (std::string* text = text_of(name))
      *text = one_line(property.values.front().text);
  }
  for (const SgfProperty& property : node)
    if (property.name == "C") add_comment(property.values.front().text, root);
}

void SgfReader::read_move(const SgfProperty& property) {
  const Color color = property.name == "B" ? Color::kBlack : Color::kWhite;
  const SgfValue& value = property.values.front();
  const std::string text = trimmed(value.text);
  const bool pass = text.empty() || (text == "tt" && game_.size <= 19);
  const Action action = pass ? game_.size * game_.size : read_point(text, value.offset);
  game_.moves.push_back({.color = color, .action = action});
}

void SgfReader::read_set_up(const SgfProperty& property) {
  if (!game_.moves.empty()) scanner_.fail(property.offset, "no set-up stones after the first move");
  for (const SgfValue& value : property.values) {
    // "aa" or the rectangle "aa:cc".
    const std::string text = trimmed(value.text);
    const size_t colon = text.find(':');
    const Action a = read_point(text.substr(0, colon), value.offset);
    const Action b = colon == std::string::npos
                         ? a
                         : read_point(text.substr(colon + 1), value.offset + colon + 1);
    const int size = game_.size;
    const auto [top, bottom] = std::minmax({a / size, b / size});
    const auto [left, right] = std::minmax({a % size, b % size});
    for (int row = top; row <= bottom; ++row)
      for (int column = left; column <= right; ++column) set_up(property.name, row * size + column);
  }
}

// The last word on a point counts, as in later nodes that edit the position.
void SgfReader::set_up(const std::string& name, Action action) {
  std::erase(game_.black, action);
  std::erase(game_.white, action);
  if (name == "AB") game_.black.push_back(action);
  if (name == "AW") game_.white.push_back(action);
  if (name == "AE") emptied_.push_back(action);
}

void SgfReader::read_turn(const SgfValue& value) {
  const std::string text = trimmed(value.text);
  if (text != "B" && text != "W" && text != "b" && text != "w")
    scanner_.fail(value.offset, "B or W in PL");
  if (game_.moves.empty())
    game_.to_play = text == "B" || text == "b" ? Color::kBlack : Color::kWhite;
}

std::string* SgfReader::text_of(const std::string& name) {
  if (name == "RU") return &game_.rules;
  if (name == "RE") return &game_.result;
  if (name == "PB") return &game_.black_name;
  if (name == "PW") return &game_.white_name;
  if (name == "BR") return &game_.black_rank;
  if (name == "WR") return &game_.white_rank;
  if (name == "DT") return &game_.date;
  if (name == "EV") return &game_.event;
  return nullptr;
}

// A comment of a node without a move belongs to the move before.
void SgfReader::add_comment(const std::string& text, bool root) {
  std::string& comment = root || game_.moves.empty() ? game_.comment : game_.moves.back().comment;
  if (!comment.empty()) comment += '\n';
  comment += text;
}

Action SgfReader::read_point(const std::string& text, size_t offset) const {
  const auto coordinate = [&](char c) { return c >= 'a' && c < 'a' + game_.size ? c - 'a' : -1; };
  const int column = text.size() == 2 ? coordinate(text[0]) : -1;
  const int row = text.size() == 2 ? coordinate(text[1]) : -1;
  if (column < 0 || row < 0)
    scanner_.fail(offset,
                  "a point from aa to " + std::string(2, static_cast<char>('a' + game_.size - 1)));
  return row * game_.size + column;
}

double SgfReader::read_number(const SgfValue& value) const {
  const std::string text = trimmed(value.text);
  const size_t sign = !text.empty() && text[0] == '+' ? 1 : 0;
  if (text.empty()) return 0.0;
  double number = 0.0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data() + sign, end, number);
  if (result.ec != std::errc() || result.ptr != end || !(std::abs(number) < 1e6))
    scanner_.fail(value.offset, "a number");
  return number;
}

int SgfReader::read_size(const SgfValue& value) const {
  std::string text = trimmed(value.text);
  const size_t colon = text.find(':');
  if (colon != std::string::npos && text.substr(0, colon) == text.substr(colon + 1))
    text.resize(colon);
  int size = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, size);
  if (result.ec != std::errc() || result.ptr != end || size < 2 || size > kMaxSize)
    scanner_.fail(value.offset, "a square board size from 2 to " + std::to_string(kMaxSize));
  return size;
}

// Files of Chinese servers count komi in stones (3.75 is 7.5 points) or in hundredths.
std::optional<float> SgfReader::read_komi(const SgfValue& value) const {
  if (trimmed(value.text).empty()) return std::nullopt;
  double komi = read_number(value);
  if (std::abs(komi) > 150.0) komi /= 100.0;
  if (!is_komi(komi) && is_komi(komi * 2.0)) komi *= 2.0;
  if (!is_komi(komi)) scanner_.fail(value.offset, "a komi in half points");
  return static_cast<float>(komi);
}

}  // namespace tengen::envs::go
