// The demos: each a whole training on two screens, to be read from top to bottom, run as
// `tengen demo NAME`; what each trained is asked by `tengen predict`.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nn/device.h"
#include "tools/demos/trained_net.h"
#include "tools/figure.h"

namespace tengen::tools {

// What all demos are asked.
struct DemoOptions {
  std::string data;    // a folder, or a file where a demo says so; empty: the demo's own data
  std::string recipe;  // one of the demo's recipes
  int64_t epochs = 0;  // 0: the recipe's own number
  uint64_t seed = 1;   // of weights, shuffling and augmentation
  std::string out;     // folder of this run's logs, pictures, checkpoint and network
  std::string save;    // a file that gets the trained network too; empty: none
  nn::Device* device = &nn::cpu_device();  // that trains, where the demo is large enough for it
  bool pictures = true;
  bool interactive = true;                  // may talk with the user of a terminal at its end
  const std::atomic<bool>* stop = nullptr;  // set when the user pressed Ctrl-C
};

// A way of training with a name: another network, another size, another method.
struct Recipe {
  std::string name, about;
};

struct Demo {
  std::string name, about;
  std::string data_help;        // what --data is, and what is used without it
  std::vector<Recipe> recipes;  // the first is what runs unless --recipe says otherwise
  // What of them --bench runs, over several seeds each.
  std::vector<std::string> bench;
  std::function<void(CLI::App& command)> add_options = {};  // its own, if it has any
  std::function<Figures(const DemoOptions& options)> run = {};
  // A trained network of this demo, for `tengen predict` and ONNX export; empty: it saves none.
  std::function<Served(const TrainedNet& file)> serve = {};
};

// Each in the file of its name; the list is in all_demos.cpp.
Demo linear_demo();
Demo digits_demo();
Demo images_demo();
Demo adversary_demo();
Demo text_demo();
Demo translate_demo();
Demo chat_demo();
Demo speech_demo();
Demo rl_demo();
std::vector<Demo> all_demos();

// The network of a file, by the demo that made it. Error names file and task if there is none.
Served serve(const TrainedNet& file);

}  // namespace tengen::tools
