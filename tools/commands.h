// The subcommands of `tengen`: one file each, each adding itself to the command line.
#pragma once

#include <CLI/CLI.hpp>

namespace tengen::tools {

void add_gtp(CLI::App& app);
void add_match(CLI::App& app);
void add_train(CLI::App& app);
void add_net(CLI::App& app);
void add_bench(CLI::App& app);
void add_demo(CLI::App& app);
void add_predict(CLI::App& app);
void add_view(CLI::App& app);
void add_play(CLI::App& app);

// `tengen net report`, which has options of its own.
void add_net_report(CLI::App& net);

}  // namespace tengen::tools
