// The program: reads the command line, sets the number of workers, runs one subcommand.
#include <tbb/global_control.h>

#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>
#include <thread>

#include "nn/base/check.h"
#include "tools/commands.h"
#include "tools/version.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app{"Tengen: neural networks, tree search and Go in one program", "tengen"};
  app.set_version_flag("--version", tengen::tools::version_text);
  app.footer(
      "Examples:\n"
      "  tengen gtp                                  play from Sabaki or GoGui\n"
      "  tengen play                                 play with the mouse\n"
      "  tengen view game.sgf                        see a game and what the engine thinks\n"
      "  tengen match net rollout:visits=200 --games 10\n"
      "  tengen train go9 --run runs/first           learn from self-play, stop with Ctrl-C\n"
      "  tengen net summary                          what the network is made of\n"
      "  tengen demo digits                          learn to read digits\n"
      "  tengen predict --net FILE image.png         ask what was learned\n"
      "  tengen bench search\n"
      "`tengen COMMAND --help` tells the options of a command.");
  app.require_subcommand(1);
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  app.add_option("--threads", threads, "Workers, the main thread included")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();

  // A subcommand runs as soon as it is parsed, so the workers are limited just before that.
  std::unique_ptr<tbb::global_control> workers;
  app.parse_complete_callback([&] {
    workers = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                    static_cast<size_t>(threads));
  });
  tengen::tools::add_gtp(app);
  tengen::tools::add_match(app);
  tengen::tools::add_train(app);
  tengen::tools::add_net(app);
  tengen::tools::add_bench(app);
  tengen::tools::add_demo(app);
  tengen::tools::add_predict(app);
  tengen::tools::add_view(app);
  tengen::tools::add_play(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const tengen::Error& error) {
    std::cerr << "tengen: " << error.what() << "\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "tengen: internal error, please report it: " << error.what() << "\n";
    return 2;
  }
}
