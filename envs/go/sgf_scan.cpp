#include "envs/go/sgf_scan.h"

#include <cstdio>

#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

// Not <cctype>: a text is bytes, and no locale has a say.
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

std::string shown(char c) {
  if (c >= ' ' && c < 127) return std::string("\"") + c + "\"";
  char hex[8];
  std::snprintf(hex, sizeof hex, "0x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return hex;
}

}  // namespace

void SgfScanner::fail(size_t offset, const std::string& expected) const {
  std::string message = name_ + ": byte " + std::to_string(offset) + ": expected " + expected;
  message += offset < text_.size() ? ", found " + shown(text_[offset]) : ", found the end";
  throw Error(message);
}

void SgfScanner::skip_space() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

bool SgfScanner::find_game() {
  // Words before a game are skipped. A node there means that its "(" is missing, and the next "(;"
  // would be a variation.
  skip_space();
  if (peek() == ';') fail(at_, "\"(\"");
  for (;;) {
    at_ = text_.find('(', at_);
    if (at_ == std::string_view::npos) {
      at_ = text_.size();
      return false;
    }
    ++at_;
    skip_space();
    if (peek() != ';') continue;
    depth_ = 1;
    closed_ = false;
    return true;
  }
}

void SgfScanner::enter_variation() {
  ++at_;
  ++depth_;
  skip_space();
  if (peek() != ';') fail(at_, "\";\"");
}

bool SgfScanner::next_node(SgfNode& node) {
  node.clear();
  while (depth_ > 0) {
    skip_space();
    const char c = peek();
    if (c == ')') {
      ++at_;
      --depth_;
      closed_ = true;
    } else if (c == '(' && closed_) {
      skip_tree();
    } else if (c == '(') {
      enter_variation();
    } else if (c == ';' && !closed_) {
      read_properties(node);
      return true;
    } else {
      fail(at_, closed_ ? "\"(\" or \")\"" : "a property, \";\", \"(\" or \")\"");
    }
  }
  return false;
}

SgfEvent SgfScanner::next_event(SgfNode& node) {
  node.clear();
  if (depth_ == 0) return SgfEvent::kGameEnd;
  skip_space();
  switch (peek()) {
    case ')':
      ++at_;
      return --depth_ == 0 ? SgfEvent::kGameEnd : SgfEvent::kVariationEnd;
    case '(':
      enter_variation();
      return SgfEvent::kVariation;
    case ';':
      read_properties(node);
      return SgfEvent::kNode;
    default:
      fail(at_, "a property, \";\", \"(\" or \")\"");
  }
}

void SgfScanner::read_properties(SgfNode& node) {
  ++at_;  // the ";"
  for (skip_space(); is_letter(peek()); skip_space()) node.push_back(property());
}

SgfProperty SgfScanner::property() {
  SgfProperty property{.name = {}, .values = {}, .offset = at_};
  // FF[3] allowed "Black" for B: lower case letters do not count.
  for (; is_letter(peek()); ++at_)
    if (is_upper(peek())) property.name += peek();
  if (property.name.empty()) fail(property.offset, "a property name in capitals");
  skip_space();
  if (peek() != '[') fail(at_, "\"[\" after " + property.name);
  while (peek() == '[') {
    property.values.push_back(value());
    skip_space();
  }
  return property;
}

SgfValue SgfScanner::value() {
  const size_t open = at_++;
  SgfValue value{.text = {}, .offset = at_};
  for (; at_ < text_.size() && text_[at_] != ']'; ++at_) {
    char c = text_[at_];
    if (c == '\\') {
      if (++at_ == text_.size()) break;
      c = text_[at_];
      if (c == '\n' || c == '\r') {  // a soft line break; "\r\n" and "\n\r" are one
        const char other = c == '\n' ? '\r' : '\n';
        if (at_ + 1 < text_.size() && text_[at_ + 1] == other) ++at_;
        continue;
      }
    }
    value.text += is_space(c) && c != '\n' && c != '\r' ? ' ' : c;
  }
  if (at_ >= text_.size())
    fail(text_.size(), "\"]\" for the \"[\" at byte " + std::to_string(open));
  ++at_;
  return value;
}

void SgfScanner::skip_value() {
  const size_t open = at_++;
  while (at_ < text_.size() && text_[at_] != ']') at_ += text_[at_] == '\\' ? 2 : 1;
  if (at_ >= text_.size())
    fail(text_.size(), "\"]\" for the \"[\" at byte " + std::to_string(open));
  ++at_;
}

void SgfScanner::skip_tree() {
  const size_t open = at_;
  int depth = 0;
  do {
    if (at_ >= text_.size())
      fail(text_.size(), "\")\" for the \"(\" at byte " + std::to_string(open));
    if (text_[at_] == '[') {
      skip_value();
      continue;
    }
    if (text_[at_] == '(') ++depth;
    if (text_[at_] == ')') --depth;
    ++at_;
  } while (depth > 0);
}

}  // namespace tengen::envs::go
