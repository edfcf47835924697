#include "agents/gtp_line.h"

#include <algorithm>
#include <streambuf>

namespace tengen::agents {
namespace {

constexpr size_t kMostIdDigits = 18;
constexpr size_t kMostMessageBytes = 300;

std::string cleaned(const std::string& line) {
  std::string out;
  for (const char c : line) {
    if (c == '#') break;
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\t')
      out += ' ';
    else if (byte >= 32 && byte != 127)
      out += c;
  }
  return out;
}

bool is_id(const std::string& word) {
  return word.size() <= kMostIdDigits &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  size_t begin = 0;
  while ((begin = text.find_first_not_of(' ', begin)) != std::string::npos) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

}  // namespace

std::optional<GtpRequest> parse_request(const std::string& line) {
  std::vector<std::string> words = words_of(cleaned(line));
  if (words.empty()) return std::nullopt;
  GtpRequest request;
  auto word = words.begin();
  if (is_id(*word)) request.id = *word++;
  if (word != words.end()) request.command = *word++;
  request.arguments.assign(word, words.end());
  return request;
}

std::string gtp_success(const std::string& id, const std::string& text) {
  std::string out = "=";
  out += id;
  if (!text.empty()) out += " ";
  for (const char c : text) {
    if (c == '\r' || (c == '\n' && out.back() == '\n')) continue;
    out += c;
  }
  while (out.back() == '\n') out.pop_back();
  return out + "\n\n";
}

std::string gtp_failure(const std::string& id, const std::string& message) {
  std::string text = message.substr(0, kMostMessageBytes);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 || byte > 126) c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  std::string out = "?";
  return out.append(id).append(" ").append(text).append("\n\n");
}

std::optional<InputLine> read_line(std::istream& in, size_t most_bytes) {
  std::streambuf* buffer = in.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  int c = buffer->sbumpc();
  if (c == kEnd) return std::nullopt;
  InputLine line;
  for (; c != kEnd && c != '\n'; c = buffer->sbumpc()) {
    if (line.text.size() < most_bytes)
      line.text += static_cast<char>(c);
    else
      line.too_long = true;
  }
  return line;
}

}  // namespace tengen::agents
