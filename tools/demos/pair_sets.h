// Pairs of texts for training, validation and test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/data/text.h"

namespace tengen::tools {

struct PairSets {
  std::string name;  // where they come from
  std::vector<nn::TextPair> train, validation, test;
};

// A folder of line-aligned files as Multi30k's: train.FROM, val.FROM and test_2016_flickr.FROM, or
// valid, dev and test, each with .TO beside it, plain or .gz. Error says which were looked for and
// where Multi30k can be had.
PairSets read_pair_folder(const std::string& folder, const std::string& from,
                          const std::string& to);
// One collection, of which a tenth each is dealt to validation and test, always the same.
PairSets dealt(const std::string& name, const std::vector<nn::TextPair>& pairs);

// Only the first so many of each; Error if one of the three is empty.
void cut_down(PairSets& sets, int64_t most);
void in_small_letters(PairSets& sets, bool targets_too);

}  // namespace tengen::tools
