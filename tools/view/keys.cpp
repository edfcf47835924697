#include "tools/view/keys.h"

#include <array>

namespace tengen::tools::view {
namespace {

enum class When { kAlways, kPlaying };

struct Key {
  const char* name;
  bool shift;
  Command command;
  const char* shown;  // in the help; null: another key of the same command stands there
  const char* what;
  When when;
};

constexpr std::array kKeys{
    Key{"Left", true, Command::kCursorLeft, "Shift + arrows", "choose a point", When::kAlways},
    Key{"Right", true, Command::kCursorRight, nullptr, nullptr, When::kAlways},
    Key{"Up", true, Command::kCursorUp, nullptr, nullptr, When::kAlways},
    Key{"Down", true, Command::kCursorDown, nullptr, nullptr, When::kAlways},
    Key{"Return", false, Command::kPlace, "Return", "put a stone there", When::kAlways},
    Key{"Right", false, Command::kNext, "→  wheel", "next move", When::kAlways},
    Key{"Left", false, Command::kBack, "←  wheel", "move before", When::kAlways},
    Key{"PageDown", false, Command::kNextTen, "Page ↓", "ten moves on", When::kAlways},
    Key{"PageUp", false, Command::kBackTen, "Page ↑", "ten moves back", When::kAlways},
    Key{"Home", false, Command::kFirst, "Home", "beginning", When::kAlways},
    Key{"End", false, Command::kLast, "End", "end", When::kAlways},
    Key{"Down", false, Command::kNextVariation, "↓", "next variation", When::kAlways},
    Key{"Up", false, Command::kLastVariation, "↑", "variation before", When::kAlways},
    Key{"A", false, Command::kAnalysis, "A  space", "analysis: visits, chances", When::kAlways},
    Key{"Space", false, Command::kAnalysis, nullptr, nullptr, When::kAlways},
    Key{"M", false, Command::kPolicy, "M", "map of the network's moves", When::kAlways},
    Key{"O", false, Command::kOwnership, "O", "who will own each point", When::kAlways},
    Key{"N", false, Command::kNumbers, "N", "numbers of moves", When::kAlways},
    Key{"C", false, Command::kCoordinates, "C", "coordinates", When::kAlways},
    Key{"P", false, Command::kPass, "P", "pass", When::kAlways},
    Key{"U", false, Command::kUndo, "U", "take back", When::kPlaying},
    Key{"Backspace", false, Command::kUndo, nullptr, nullptr, When::kPlaying},
    Key{"R", false, Command::kResign, "R", "resign", When::kPlaying},
    Key{"H", false, Command::kHint, "H", "hint", When::kPlaying},
    Key{"T", false, Command::kTeach, "T", "tell what each move lost", When::kPlaying},
    Key{"S", false, Command::kSave, "S", "save the picture (PNG)", When::kAlways},
    Key{"F", false, Command::kFullScreen, "F  F11", "full screen", When::kAlways},
    Key{"F11", false, Command::kFullScreen, nullptr, nullptr, When::kAlways},
    Key{"F1", false, Command::kHelp, "F1  ?", "this help", When::kAlways},
    Key{"?", false, Command::kHelp, nullptr, nullptr, When::kAlways},
    Key{"/", true, Command::kHelp, nullptr, nullptr, When::kAlways},
    Key{"Q", false, Command::kQuit, "Q", "close", When::kAlways},
};

}  // namespace

std::optional<Command> command_of(const std::string& key, bool shift) {
  for (const Key& row : kKeys)
    if (row.name == key && (row.shift == shift || !row.shift)) return row.command;
  return std::nullopt;
}

std::vector<HelpLine> help_lines(bool playing) {
  std::vector<HelpLine> lines;
  for (const Key& row : kKeys)
    if (row.shown && (playing || row.when == When::kAlways)) lines.push_back({row.shown, row.what});
  lines.push_back({"click", playing ? "play there" : "try a move there"});
  lines.push_back({"hover", "the line the search expects"});
  lines.push_back({"bar, tree", "click or drag to any move"});
  return lines;
}

}  // namespace tengen::tools::view
