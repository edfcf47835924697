#include "agents/gtp_commands.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace tengen::agents {

using envs::go::Color;

std::vector<const GtpCommand*> gtp_commands() {
  std::vector<const GtpCommand*> all;
  for (const auto& family : {gtp_admin_commands(), gtp_setup_commands(), gtp_play_commands(),
                             gtp_time_commands(), gtp_score_commands(), gtp_sgf_commands()}) {
    for (const GtpCommand& command : family) all.push_back(&command);
  }
  return all;
}

const GtpCommand* find_gtp_command(std::string_view name) {
  for (const GtpCommand* command : gtp_commands()) {
    if (command->name == name) return command;
  }
  return nullptr;
}

size_t least_arguments(std::string_view usage) {
  const std::string_view required = usage.substr(0, usage.find('['));
  size_t words = 0;
  for (size_t i = 0; i < required.size(); ++i) {
    words += required[i] != ' ' && (i == 0 || required[i - 1] == ' ');
  }
  return words;
}

int integer_argument(const std::string& text, const std::string& what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(what + " is not an integer: '" + text + "'");
  }
  return value;
}

double number_argument(const std::string& text, const std::string& what) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    throw Error(what + " is not a number: '" + text + "'");
  }
  return value;
}

Color color_argument(const std::string& text) {
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "b" || lower == "black") return Color::kBlack;
  if (lower == "w" || lower == "white") return Color::kWhite;
  throw Error("invalid color or coordinate: '" + text + "'");
}

envs::Action vertex_argument(const std::string& text, const envs::go::GoState& state) {
  const auto action = state.parse_action(text);
  if (!action) throw Error("invalid color or coordinate: '" + text + "'");
  return *action;
}

}  // namespace tengen::agents
