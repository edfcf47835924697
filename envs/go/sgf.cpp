#include "envs/go/sgf.h"

#include "envs/go/sgf_reader.h"

namespace tengen::envs::go {
namespace {

// Writes properties, left out where they say nothing.
class Writer {
 public:
  explicit Writer(const SgfGame& game) : game_(game) {}

  std::string write() {
    out_ = "(;FF[4]GM[1]CA[UTF-8]AP[Tengen]SZ[" + std::to_string(game_.size) + "]";
    if (game_.komi) out_ += "KM[" + komi_text(*game_.komi) + "]";
    if (game_.handicap != 0) out_ += "HA[" + std::to_string(game_.handicap) + "]";
    text("RU", game_.rules);
    text("EV", game_.event);
    text("DT", game_.date);
    text("PB", game_.black_name);
    text("BR", game_.black_rank);
    text("PW", game_.white_name);
    text("WR", game_.white_rank);
    text("RE", game_.result);
    points("AB", game_.black);
    points("AW", game_.white);
    if (game_.to_play) out_ += *game_.to_play == Color::kBlack ? "PL[B]" : "PL[W]";
    text("C", game_.comment);
    constexpr int kMovesPerLine = 10;
    int on_line = kMovesPerLine;
    for (const SgfMove& move : game_.moves) {
      if (on_line++ == kMovesPerLine) {
        out_ += '\n';
        on_line = 1;
      }
      out_ += move.color == Color::kBlack ? ";B[" : ";W[";
      point(move.action);
      out_ += ']';
      text("C", move.comment);
    }
    return out_ + ")\n";
  }

 private:
  void text(const char* name, const std::string& value) {
    if (value.empty()) return;
    out_ += name;
    out_ += '[';
    for (const char c : value) {
      if (c == ']' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += ']';
  }

  void points(const char* name, const std::vector<Action>& actions) {
    if (!actions.empty()) out_ += name;
    for (const Action a : actions) {
      out_ += '[';
      point(a);
      out_ += ']';
    }
  }

  void point(Action action) {
    if (action == game_.size * game_.size) return;
    out_ += static_cast<char>('a' + action % game_.size);
    out_ += static_cast<char>('a' + action / game_.size);
  }

  const SgfGame& game_;
  std::string out_;
};

}  // namespace

SgfGame parse_sgf(std::string_view text, const std::string& name) {
  SgfScanner scanner(text, name);
  if (!scanner.find_game()) scanner.fail(text.size(), "a game beginning with \"(;\"");
  return SgfReader(scanner).read_main_line();
}

std::vector<SgfGame> parse_sgf_collection(std::string_view text, const std::string& name) {
  SgfScanner scanner(text, name);
  std::vector<SgfGame> games;
  while (scanner.find_game()) games.push_back(SgfReader(scanner).read_main_line());
  if (games.empty()) scanner.fail(text.size(), "a game beginning with \"(;\"");
  return games;
}

std::string write_sgf(const SgfGame& game) { return Writer(game).write(); }

}  // namespace tengen::envs::go
