#include "tools/demos/date_pairs.h"

#include <fmt/core.h>

#include <chrono>
#include <set>

#include "nn/base/rng.h"

namespace tengen::tools {
namespace {

namespace chrono = std::chrono;

constexpr const char* kMonths[] = {"january",   "february", "march",    "april",
                                   "may",       "june",     "july",     "august",
                                   "september", "october",  "november", "december"};
constexpr const char* kWeekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                     "thursday", "friday", "saturday"};
constexpr const char* kUnits[] = {"",        "one",     "two",       "three",    "four",
                                  "five",    "six",     "seven",     "eight",    "nine",
                                  "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                  "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr const char* kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                 "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr const char* kOrdinals[] = {
    "",           "first",     "second",    "third",       "fourth",     "fifth",      "sixth",
    "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",    "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"};

std::string below_hundred(int number) {
  if (number < 20) return kUnits[number];
  const std::string tens = kTens[number / 10];
  return number % 10 == 0 ? tens : tens + "-" + kUnits[number % 10];
}

// "nineteen ninety-eight", "nineteen oh five", "two thousand and six", "twenty sixteen".
std::string year_in_words(int year) {
  const int century = year / 100, rest = year % 100;
  if (century == 20 && rest == 0) return "two thousand";
  if (century == 20 && rest < 10) return "two thousand and " + below_hundred(rest);
  if (rest == 0) return below_hundred(century) + " hundred";
  return below_hundred(century) + (rest < 10 ? " oh " : " ") + below_hundred(rest);
}

std::string ordinal(int day) {
  if (day <= 20) return kOrdinals[day];
  if (day == 30) return "thirtieth";
  return std::string(kTens[day / 10]) + "-" + kOrdinals[day % 10];
}

// "1st", "2nd", "3rd", "11th".
std::string short_ordinal(int day) {
  const int last = day / 10 == 1 ? 0 : day % 10;
  return std::to_string(day) + (last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
}

struct Date {
  int year, month, day;
  std::string weekday;
};

Date any_date(Rng& rng) {
  const chrono::sys_days first = chrono::year(1900) / 1 / 1, last = chrono::year(2100) / 1 / 1;
  const auto days = static_cast<uint32_t>((last - first).count());
  const chrono::sys_days chosen = first + chrono::days(rng.below(days));
  const chrono::year_month_day date(chosen);
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          kWeekdays[chrono::weekday(chosen).c_encoding()]};
}

std::string as_people_write(const Date& date, Rng& rng) {
  const std::string month = kMonths[date.month - 1], brief = month.substr(0, 3);
  const std::string year = rng.below(3) == 0 ? year_in_words(date.year) : std::to_string(date.year);
  std::string text;
  switch (rng.below(8)) {
    case 0:
      text = fmt::format("the {} of {}, {}", ordinal(date.day), month, year);
      break;
    case 1:
      text = fmt::format("{} {}, {}", month, date.day, year);
      break;
    case 2:
      text = fmt::format("{} {} {}", date.day, brief, year);
      break;
    case 3:
      text = fmt::format("{} of {} {}", short_ordinal(date.day), month, year);
      break;
    case 4:
      text = fmt::format("{} the {}, {}", month, ordinal(date.day), year);
      break;
    case 5:
      return fmt::format("{}/{}/{}", date.month, date.day, date.year);
    case 6:
      return fmt::format("{}.{}.{}", date.day, date.month, date.year);
    default:
      text = fmt::format("in {}, on {} {}", year, brief, short_ordinal(date.day));
  }
  return rng.below(4) == 0 ? date.weekday + ", " + text : text;
}

}  // namespace

std::vector<nn::TextPair> date_pairs(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<nn::TextPair> pairs;
  std::set<std::string> written;
  while (static_cast<int64_t>(pairs.size()) < count) {
    const Date date = any_date(rng);
    std::string text = as_people_write(date, rng);
    if (!written.insert(text).second) continue;
    pairs.emplace_back(std::move(text),
                       fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day));
  }
  return pairs;
}

}  // namespace tengen::tools
