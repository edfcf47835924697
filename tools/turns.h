// Measuring several programs or settings on one machine: they take turns, so that what else the
// machine does meets them all, and of each the median of its turns is told.
#pragma once

#include <functional>
#include <vector>

namespace tengen::tools {

// Works for about so many seconds; tells units a second.
using Contender = std::function<double(double seconds)>;

// Calls `work`, which does `units`, until the time is over.
Contender repeated(double units, std::function<void()> work);

// Of each, from so many turns of so many seconds.
std::vector<double> median_rates(const std::vector<Contender>& contenders, int turns,
                                 double seconds);

}  // namespace tengen::tools
