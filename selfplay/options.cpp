#include "selfplay/options.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "nn/base/check.h"

namespace tengen::selfplay {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// Levenshtein's distance.
size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string near_matches(const std::vector<OptionField>& fields, const std::string& key) {
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const OptionField& field : fields) {
    const std::string last = field.key.substr(field.key.find('.') + 1);
    size_t distance = std::min(edit_distance(key, field.key), edit_distance(key, last));
    if (!key.empty() && field.key.find(key) != std::string::npos) distance = 1;
    ranked.emplace_back(distance, field.key);
  }
  std::stable_sort(ranked.begin(), ranked.end());
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(3, ranked.size()); ++i)
    text += (i == 0 ? "" : ", ") + ranked[i].second;
  return text;
}

double parse_number(const std::string& text, const OptionField& field, bool whole) {
  double number = 0.0;
  size_t used = 0;
  try {
    number = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || !std::isfinite(number) ||
      (whole && number != std::floor(number))) {
    throw Error("option " + field.key + ": \"" + text + "\" is not " +
                (whole ? "a whole number" : "a number"));
  }
  if (number < field.low || number > field.high) {
    std::ostringstream message;
    message << "option " << field.key << ": " << text << " is not within " << field.low << " and "
            << field.high;
    throw Error(message.str());
  }
  return number;
}

nn::PlanPrecision parse_precision(const std::string& text, const OptionField& field) {
  try {
    return nn::plan_precision_named(text);
  } catch (const Error& error) {
    throw Error("option " + field.key + ": " + error.what());
  }
}

void assign(const OptionField& field, const std::string& text) {
  std::visit(Overloaded{
                 [&](int* v) { *v = static_cast<int>(parse_number(text, field, true)); },
                 [&](int64_t* v) { *v = static_cast<int64_t>(parse_number(text, field, true)); },
                 [&](float* v) { *v = static_cast<float>(parse_number(text, field, false)); },
                 [&](bool* v) {
                   if (text != "true" && text != "false")
                     throw Error("option " + field.key + ": \"" + text + "\" is not true or false");
                   *v = text == "true";
                 },
                 [&](std::string* v) { *v = text; },
                 [&](nn::PlanPrecision* v) { *v = parse_precision(text, field); },
             },
             field.value);
}

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

void set_option(RunOptions& options, const std::string& key, const std::string& value) {
  const auto fields = option_fields(options);
  for (const OptionField& field : fields) {
    if (field.key == key) return assign(field, value);
  }
  throw Error("unknown option \"" + key + "\"; did you mean " + near_matches(fields, key) +
              "? (--show-options lists all)");
}

void set_option(RunOptions& options, const std::string& assignment) {
  const size_t equals = assignment.find('=');
  if (equals == std::string::npos) throw Error("option \"" + assignment + "\": expected key=value");
  set_option(options, trimmed(assignment.substr(0, equals)),
             trimmed(assignment.substr(equals + 1)));
}

std::string option_text(const OptionField& field) {
  return std::visit(
      Overloaded{
          [](const std::string* v) { return *v; },
          [](const nn::PlanPrecision* v) { return std::string(nn::plan_precision_name(*v)); },
          [](const bool* v) { return std::string(*v ? "true" : "false"); },
          [](const auto* v) {
            std::ostringstream out;
            out << *v;
            return out.str();
          },
      },
      field.value);
}

std::string options_to_json(RunOptions options) {
  nlohmann::ordered_json json;
  for (const OptionField& field : option_fields(options)) json[field.key] = option_text(field);
  return json.dump(2) + "\n";
}

RunOptions options_from_json(const std::string& text, const std::string& place) {
  RunOptions options;
  try {
    const auto json = nlohmann::json::parse(text);
    if (!json.is_object()) throw Error("not a JSON object");
    for (const auto& [key, value] : json.items()) {
      if (!value.is_string()) throw Error("the value of \"" + key + "\" is not text");
      set_option(options, key, value.get<std::string>());
    }
  } catch (const nlohmann::json::exception& e) {
    throw Error(place + ": " + e.what());
  } catch (const Error& e) {
    throw Error(place + ": " + e.what());
  }
  return options;
}

RunOptions preset_options(const std::string& name) {
  std::string known;
  for (const Preset& preset : presets()) {
    known += (known.empty() ? "" : ", ") + preset.name;
    if (preset.name != name) continue;
    RunOptions options;
    std::istringstream lines(preset.settings);
    for (std::string line; std::getline(lines, line);) {
      if (!trimmed(line).empty()) set_option(options, line);
    }
    return options;
  }
  throw Error("unknown preset \"" + name + "\"; known are " + known);
}

}  // namespace tengen::selfplay
