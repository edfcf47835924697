// `tengen demo NAME --bench`: a demo's recipes over several seeds, as means and deviations.
#pragma once

#include <string>

#include "tools/demos/demo.h"

namespace tengen::tools {

struct DemoBenchOptions {
  int64_t seeds = 3;
  std::string json;  // a file for the figures; empty: none
};

// Runs options.recipe, or all of demo.bench, each with seeds 1, 2, ...; prints a line for each
// figure. A run whose folder under options.out holds its figures already is not run again, so that
// a stopped measurement goes on; an Error if it was `asked` something else (asked_options.h).
void bench_demo(const Demo& demo, const DemoOptions& options, const DemoBenchOptions& bench,
                const std::string& asked);

}  // namespace tengen::tools
