// `tengen demo NAME`: supervised learning with nn/ alone.
#include "tools/demo.h"

#include <memory>

#include "tools/commands.h"

namespace tengen::tools {

void add_demo(CLI::App& app) {
  CLI::App* command = app.add_subcommand("demo", "Learn digits, pictures or texts");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  tengen demo digits --data mnist\n"
      "  tengen demo images --data /usr/share/datasets/fashion-mnist\n"
      "  tengen demo text --data shakespeare.txt --epochs 2\n"
      "The Debian package dataset-fashion-mnist brings the pictures of the second.");
  const auto add = [&](const char* name, const char* about, const char* data,
                       void (*run)(const DemoOptions&)) {
    auto options = std::make_shared<DemoOptions>();
    CLI::App* demo = command->add_subcommand(name, about);
    demo->add_option("--data", options->data, data)->required()->check(CLI::ExistingPath);
    demo->add_option("--epochs", options->epochs, "How often every sample is seen")
        ->check(CLI::Range(1, 1000000));
    demo->add_option("--seed", options->seed, "Of weights and shuffling")->capture_default_str();
    demo->callback([options, run] { run(*options); });
  };
  add("digits", "A convolutional network reads handwritten digits",
      "Folder with the four files of MNIST (train-images-idx3-ubyte.gz ...)", demo_digits);
  add("images", "A residual network tells pieces of clothing apart",
      "Folder with the four files of Fashion-MNIST, named as MNIST's", demo_images);
  add("text", "An LSTM learns to write like a text, letter by letter",
      "A text file in UTF-8, plain or gzip", demo_text);
}

}  // namespace tengen::tools
