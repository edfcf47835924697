// Go as the rules say it, slowly: strings for boards, a set of all earlier boards, flood fill for
// everything. The oracle for the fast board; it shares no code with it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "envs/go/rules.h"

namespace tengen::envs::go {

class PlainGo {
 public:
  explicit PlainGo(const Rules& rules)
      : rules_(rules), cells_(static_cast<size_t>(rules.size * rules.size), '.') {
    remember();
  }

  const std::string& cells() const { return cells_; }
  char turn() const { return turn_; }

  // The board after a move, or nothing if it is illegal.
  std::optional<std::string> after(int action) const {
    if (cells_[at(action)] != '.') return std::nullopt;
    std::string cells = cells_;
    cells[at(action)] = turn_;
    for (const int n : neighbours(action))
      if (cells[at(n)] == other(turn_) && liberties(cells, n).empty()) remove(cells, n);
    if (liberties(cells, action).empty()) {
      if (!rules_.suicide || chain(cells, action).size() == 1) return std::nullopt;
      remove(cells, action);
    }
    if (rules_.ko == Ko::kSimple && cells == before_last_) return std::nullopt;
    if (rules_.ko == Ko::kPositional && seen_.count(cells)) return std::nullopt;
    if (rules_.ko == Ko::kSituational && seen_.count(cells + other(turn_))) return std::nullopt;
    return cells;
  }

  void play(int action) {
    std::string next = after(action).value();
    before_last_ = cells_;
    cells_ = next;
    turn_ = other(turn_);
    remember();
  }

  void pass() {
    before_last_.clear();
    turn_ = other(turn_);
    remember();
  }

  // As if this position were the first of a game.
  void forget() {
    before_last_.clear();
    seen_.clear();
    remember();
  }

  std::vector<int> chain(const std::string& cells, int start) const {
    std::set<int> found{start};
    std::vector<int> open{start};
    while (!open.empty()) {
      const int a = open.back();
      open.pop_back();
      for (const int n : neighbours(a))
        if (cells[at(n)] == cells[at(start)] && found.insert(n).second) open.push_back(n);
    }
    return {found.begin(), found.end()};
  }

  std::set<int> liberties(const std::string& cells, int start) const {
    std::set<int> found;
    for (const int a : chain(cells, start))
      for (const int n : neighbours(a))
        if (cells[at(n)] == '.') found.insert(n);
    return found;
  }

  // Black's area less White's.
  int margin() const {
    int margin = 0;
    for (int a = 0; a < rules_.size * rules_.size; ++a) {
      bool black = cells_[at(a)] == 'X';
      bool white = cells_[at(a)] == 'O';
      if (cells_[at(a)] == '.') {
        for (const int p : chain(cells_, a)) {
          for (const int n : neighbours(p)) {
            black |= cells_[at(n)] == 'X';
            white |= cells_[at(n)] == 'O';
          }
        }
      }
      margin += black && !white ? 1 : white && !black ? -1 : 0;
    }
    return margin;
  }

 private:
  static size_t at(int action) { return static_cast<size_t>(action); }
  static char other(char c) { return c == 'X' ? 'O' : 'X'; }

  std::vector<int> neighbours(int a) const {
    std::vector<int> all;
    const int size = rules_.size;
    if (a / size > 0) all.push_back(a - size);
    if (a % size > 0) all.push_back(a - 1);
    if (a % size < size - 1) all.push_back(a + 1);
    if (a / size < size - 1) all.push_back(a + size);
    return all;
  }

  void remove(std::string& cells, int start) const {
    for (const int a : chain(cells, start)) cells[at(a)] = '.';
  }

  void remember() { seen_.insert(rules_.ko == Ko::kSituational ? cells_ + turn_ : cells_); }

  Rules rules_;
  std::string cells_;
  char turn_ = 'X';
  std::string before_last_;     // the board before the last move; empty after a pass
  std::set<std::string> seen_;  // boards, with the player to move where the rule is situational
};

}  // namespace tengen::envs::go
