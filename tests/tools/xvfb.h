// The program in a real window, on a display of memory (Xvfb).
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/tools/program.h"

namespace tengen {

inline bool has_xvfb() { return std::system("command -v xvfb-run >/dev/null 2>&1") == 0; }
inline bool has_windows() { return !has(run("--version").output, "SDL2: not compiled in"); }

#define SKIP_WITHOUT_WINDOWS()                                             \
  if (!has_xvfb() || !has_windows())                                       \
  GTEST_SKIP() << "windows are tested under Xvfb (Debian package xvfb) by" \
                  " a program built with SDL2 (libsdl2-dev)"

// Standard output and error together.
inline Finished run_in_window(const std::string& arguments) {
  return run_by_shell("xvfb-run -a -s '-screen 0 1400x1000x24' '" TENGEN_PROGRAM "' " + arguments +
                      " 2>&1 </dev/null");
}

}  // namespace tengen
