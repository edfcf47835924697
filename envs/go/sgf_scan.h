// The letters of SGF: nodes of properties along the main line, without knowing what they mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tengen::envs::go {

struct SgfValue {
  std::string text;  // unescaped
  size_t offset;     // of its first byte, for error messages
};

struct SgfProperty {
  std::string name;  // upper case letters only, as FF[4] has it
  std::vector<SgfValue> values;
  size_t offset;
};

using SgfNode = std::vector<SgfProperty>;

enum class SgfEvent { kNode, kVariation, kVariationEnd, kGameEnd };

// Walks over one text. No recursion: nesting of any depth costs nothing.
class SgfScanner {
 public:
  SgfScanner(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  // Enters the next "(;", skipping what stands between games; false at the end of the text.
  bool find_game();
  // The next node of the main line; the other variations are skipped. False at the game's end.
  bool next_node(SgfNode& node);
  // Everything in turn, variations included: a node, or the beginning or the end of a variation.
  // Instead of next_node, not mixed with it.
  SgfEvent next_event(SgfNode& node);

  size_t offset() const { return at_; }
  [[noreturn]] void fail(size_t offset, const std::string& expected) const;

 private:
  void skip_space();
  void enter_variation();
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void read_properties(SgfNode& node);
  SgfProperty property();
  SgfValue value();
  void skip_value();
  void skip_tree();

  std::string_view text_;
  std::string name_;
  size_t at_ = 0;
  int depth_ = 0;        // parentheses open around here
  bool closed_ = false;  // the main line has ended; only other variations may follow
};

}  // namespace tengen::envs::go
