// What the text demo reads when it is given nothing.
#pragma once

#include <string>

namespace tengen::tools {

struct NamedText {
  std::string name, text;
};

// The GNU General Public License where a Debian system keeps it, else a short speech.
NamedText default_text();

}  // namespace tengen::tools
