// Keys and clicks written down, for tests and tours: one a line.
//
//   key Right        as SDL names keys; "key Shift+/"
//   click D4         a point of the board; "click 100 200" a place in the window
//   move D4          the mouse, likewise
//   wheel -1
//   size 900 1200    of the window
//   visits 100       waits until the search shown has so many
//   quiet            waits until nothing moves of itself
//   wait 250         milliseconds
//   save FILE        the picture as PNG
//   tell             prints the words that are shown
//   frames 300       draws so many at once and tells the rate
//   quit
#pragma once

#include <string>
#include <vector>

namespace tengen::tools::view {

struct ScriptLine {
  std::string word;
  std::vector<std::string> arguments;
  std::string place;  // "FILE: line 3", for errors
};
using Script = std::vector<ScriptLine>;

// Error names file and line of a word that is unknown or has too few arguments.
Script read_script(const std::string& path);

}  // namespace tengen::tools::view
