#include "nn/base/check.h"

namespace tengen::check_internal {

void fail(const char* file, int line, const char* text, const std::string& values) {
  std::string message = std::string(file) + ":" + std::to_string(line) + ": CHECK(" + text + ")";
  if (!values.empty()) message += " failed: " + values;
  throw CheckFailure(message);
}

}  // namespace tengen::check_internal
