// What this program is and what is compiled into it: `tengen --version`.
#pragma once

#include <string>

namespace tengen::tools {

std::string version_text();

}  // namespace tengen::tools
