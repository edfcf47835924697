// Where the lines of a chart's grid stand: round numbers within a range.
#pragma once

#include <string>
#include <vector>

namespace tengen::tools {

struct Tick {
  double value;
  std::string label;
};

// About `wanted` multiples of 1, 2 or 5 times a power of ten in [least, greatest].
std::vector<Tick> linear_ticks(double least, double greatest, int wanted);
// Powers of ten, with two and five times them where these are few, or linear_ticks where even those
// would be; 0 < least <= greatest.
std::vector<Tick> log_ticks(double least, double greatest);

}  // namespace tengen::tools
