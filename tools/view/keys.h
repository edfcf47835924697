// What each key does: one table, from which the help is made too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/view/scene.h"

namespace tengen::tools::view {

enum class Command {
  kNext,
  kBack,
  kNextTen,
  kBackTen,
  kFirst,
  kLast,
  kNextVariation,
  kLastVariation,
  kAnalysis,
  kPolicy,
  kOwnership,
  kNumbers,
  kCoordinates,
  kCursorLeft,
  kCursorRight,
  kCursorUp,
  kCursorDown,
  kPlace,
  kPass,
  kUndo,
  kResign,
  kHint,
  kTeach,
  kSave,
  kFullScreen,
  kHelp,
  kQuit,
};

// `key` as SDL names it ("Right", "A", "PageDown"); Shift is told apart. Nothing: no command.
std::optional<Command> command_of(const std::string& key, bool shift);

// For the overlay; `playing`: with what only a player needs.
std::vector<HelpLine> help_lines(bool playing);

}  // namespace tengen::tools::view
