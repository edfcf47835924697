#include "envs/go/vertex.h"

#include <cctype>
#include <charconv>

namespace tengen::envs::go {
namespace {

constexpr char kLetters[] = "ABCDEFGHJKLMNOPQRSTUVWXYZ";

}  // namespace

std::string vertex_text(Action action, int size) {
  if (action == size * size) return "pass";
  return kLetters[action % size] + std::to_string(size - action / size);
}

std::optional<Action> parse_vertex(const std::string& text, int size) {
  std::string upper;
  for (const char c : text) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper == "PASS") return size * size;
  if (upper.size() < 2 || upper.size() > 3) return std::nullopt;
  const size_t column = std::string(kLetters, static_cast<size_t>(size)).find(upper[0]);
  int row = 0;
  const char* end = upper.data() + upper.size();
  const auto result = std::from_chars(upper.data() + 1, end, row);
  if (column == std::string::npos || result.ec != std::errc() || result.ptr != end || row < 1 ||
      row > size)
    return std::nullopt;
  return (size - row) * size + static_cast<int>(column);
}

}  // namespace tengen::envs::go
