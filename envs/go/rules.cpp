#include "envs/go/rules.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "envs/go/point.h"
#include "nn/base/check.h"

namespace tengen::envs::go {
namespace {

struct RuleSet {
  const char* name;
  Ko ko;
  bool suicide;
};
constexpr std::array<RuleSet, 5> kRuleSets{{{"tromp-taylor", Ko::kPositional, true},
                                            {"chinese", Ko::kPositional, false},
                                            {"aga", Ko::kSituational, false},
                                            {"new-zealand", Ko::kSituational, true},
                                            {"simple-ko", Ko::kSimple, false}}};

struct KoName {
  const char* name;
  Ko ko;
};
constexpr std::array<KoName, 3> kKoNames{
    {{"simple", Ko::kSimple}, {"positional", Ko::kPositional}, {"situational", Ko::kSituational}}};

template <class Number>
bool parse(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  return result.ec == std::errc() && result.ptr == end;
}

int parse_size(const std::string& text) {
  int size = 0;
  if (!parse(text, size) || size < 2 || size > kMaxSize)
    throw Error("go: size=" + text + " is not a number from 2 to " + std::to_string(kMaxSize));
  return size;
}

float parse_komi(const std::string& text) {
  double komi = 0.0;
  if (!parse(text, komi) || !is_komi(komi))
    throw Error("go: komi=" + text + " is not a multiple of 0.5 from -150 to 150");
  return static_cast<float>(komi);
}

Ko parse_ko(const std::string& text) {
  std::string known;
  for (const KoName& entry : kKoNames) {
    if (text == entry.name) return entry.ko;
    known += std::string(" ") + entry.name;
  }
  throw Error("go: unknown ko=" + text + "; known:" + known);
}

int parse_moves(const std::string& text) {
  int moves = 0;
  if (!parse(text, moves) || moves < 0 || moves > 1'000'000)
    throw Error("go: moves=" + text + " is not a number from 0 to 1000000");
  return moves;
}

bool parse_suicide(const std::string& text) {
  if (text == "yes") return true;
  if (text == "no") return false;
  throw Error("go: unknown suicide=" + text + "; known: yes no");
}

}  // namespace

int move_limit(const Rules& rules) {
  return rules.max_moves > 0 ? rules.max_moves : 2 * rules.size * rules.size + rules.size;
}

int patient_move_limit(int size) { return 20 * size * size; }

bool is_komi(double komi) {
  return std::isfinite(komi) && std::abs(komi) <= 150.0 && komi * 2.0 == std::floor(komi * 2.0);
}

std::string komi_text(float komi) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", static_cast<double>(komi) + 0.0);
  return text.data();
}

std::vector<std::string> rule_set_names() {
  std::vector<std::string> names;
  for (const RuleSet& set : kRuleSets) names.push_back(set.name);
  return names;
}

void apply_rule_set(const std::string& name, Rules& rules) {
  std::string known;
  for (const RuleSet& set : kRuleSets) {
    known += std::string(" ") + set.name;
    if (name != set.name) continue;
    rules.ko = set.ko;
    rules.suicide = set.suicide;
    return;
  }
  throw Error("go: unknown rules=" + name + "; known:" + known);
}

Rules rules_from_options(const std::map<std::string, std::string>& options) {
  Rules rules;
  if (const auto set = options.find("rules"); set != options.end())
    apply_rule_set(set->second, rules);
  for (const auto& [key, value] : options) {
    if (key == "size")
      rules.size = parse_size(value);
    else if (key == "komi")
      rules.komi = parse_komi(value);
    else if (key == "ko")
      rules.ko = parse_ko(value);
    else if (key == "suicide")
      rules.suicide = parse_suicide(value);
    else if (key == "moves")
      rules.max_moves = parse_moves(value);
    else if (key != "rules")
      throw Error("go: unknown option " + key + "; known: ko komi moves rules size suicide");
  }
  return rules;
}

std::string options_text(const Rules& rules) {
  std::string text = "ko=";
  for (const KoName& entry : kKoNames)
    if (entry.ko == rules.ko) text += entry.name;
  text += ",komi=" + komi_text(rules.komi);
  if (rules.max_moves > 0) text += ",moves=" + std::to_string(rules.max_moves);
  text += ",size=" + std::to_string(rules.size);
  text += rules.suicide ? ",suicide=yes" : ",suicide=no";
  return text;
}

}  // namespace tengen::envs::go
