// Dates as people write them beside the same as ISO 8601 writes them: a small language pair.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/data/text.h"

namespace tengen::tools {

// {"sunday, the third of may, 1998", "1998-05-03"} and so on: `count` different ones of the years
// 1900 to 2099, in small letters, some with the year in words.
std::vector<nn::TextPair> date_pairs(int64_t count, uint64_t seed);

}  // namespace tengen::tools
