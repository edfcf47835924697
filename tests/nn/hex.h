// Files of other programs as text in a test's source.
#pragma once

#include <string>
#include <string_view>

namespace tengen::nn {

inline std::string from_hex(std::string_view hex) {
  std::string out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

}  // namespace tengen::nn
