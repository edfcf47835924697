// A window on the screen: the only file pair that knows SDL.
#pragma once

#include <string>

#include "tools/view/script.h"
#include "tools/view/shown.h"

namespace tengen::tools::view {

struct WindowOptions {
  std::string title = "Tengen";
  int width = 1280, height = 800;
  std::string picture = "tengen.png";  // what S saves: numbered if it is there already
  Script script;                       // keys and clicks of a test or a tour; may be empty
};

// Whether this program has windows at all, and what to do if not.
bool windows_compiled_in();

// Until it is closed. Error, with the remedy, where there is no display.
void show(Shown& shown, const WindowOptions& options);

}  // namespace tengen::tools::view
