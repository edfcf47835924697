// The demos: each a whole training on one page, to be read from top to bottom.
#pragma once

#include <cstdint>
#include <string>

namespace tengen::tools {

struct DemoOptions {
  std::string data;    // a folder, or a file where a demo says so
  int64_t epochs = 0;  // 0: the demo's own number
  uint64_t seed = 1;
};

void demo_digits(const DemoOptions& options);
void demo_images(const DemoOptions& options);
void demo_text(const DemoOptions& options);

}  // namespace tengen::tools
