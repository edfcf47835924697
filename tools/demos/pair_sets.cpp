#include "tools/demos/pair_sets.h"

#include <filesystem>
#include <optional>

#include "nn/base/check.h"
#include "nn/training/split.h"

namespace tengen::tools {

using nn::TextPair;

namespace {

constexpr uint64_t kDealingSeed = 0;

// STEM.LANGUAGE or the same with .gz, if one is there.
std::optional<std::string> file_of(const std::string& stem, const std::string& language) {
  for (const char* ending : {"", ".gz"}) {
    const std::string path = stem + "." + language + ending;
    if (std::filesystem::exists(path)) return path;
  }
  return std::nullopt;
}

std::vector<TextPair> read_part(const std::string& folder, const std::vector<std::string>& names,
                                const std::string& from, const std::string& to) {
  std::string looked_for;
  for (const std::string& name : names) {
    const std::string stem = folder + "/" + name;
    const auto source = file_of(stem, from), target = file_of(stem, to);
    if (source && target) return nn::read_parallel(*source, *target);
    looked_for += (looked_for.empty() ? "" : ", ") + name + "." + from + " with " + name + "." + to;
  }
  throw Error(folder + ": looked for " + looked_for +
              ", plain or .gz; give --from and --to if the languages are others, --source and "
              "--target for two files, or get Multi30k from https://github.com/multi30k/dataset");
}

}  // namespace

PairSets read_pair_folder(const std::string& folder, const std::string& from,
                          const std::string& to) {
  return {folder, read_part(folder, {"train"}, from, to),
          read_part(folder, {"val", "valid", "dev"}, from, to),
          read_part(folder, {"test_2016_flickr", "test"}, from, to)};
}

PairSets dealt(const std::string& name, const std::vector<TextPair>& pairs) {
  const nn::Split split = nn::split_rows(static_cast<int64_t>(pairs.size()), {}, kDealingSeed);
  PairSets sets{name, {}, {}, {}};
  for (const int64_t row : split.train) sets.train.push_back(pairs[row]);
  for (const int64_t row : split.validation) sets.validation.push_back(pairs[row]);
  for (const int64_t row : split.test) sets.test.push_back(pairs[row]);
  return sets;
}

void cut_down(PairSets& sets, int64_t most) {
  for (auto* part : {&sets.train, &sets.validation, &sets.test}) {
    if (part->empty())
      throw Error(sets.name + ": no pairs for training, validation or test; give at least ten");
    if (static_cast<int64_t>(part->size()) > most) part->resize(static_cast<size_t>(most));
  }
}

void in_small_letters(PairSets& sets, bool targets_too) {
  for (auto* part : {&sets.train, &sets.validation, &sets.test})
    for (auto& [source, target] : *part) {
      source = nn::lower_case(source);
      if (targets_too) target = nn::lower_case(target);
    }
}

}  // namespace tengen::tools
