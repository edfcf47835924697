// What a demo leaves behind: a weights file that says which demo made it and of what shape it is,
// so that another process can build the network again and ask it.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "nn/graph.h"
#include "nn/layers/module.h"

namespace tengen::tools {

inline constexpr const char* kTaskKey = "task";  // of the metadata

// A safetensors file with the metadata "task" and "architecture".
struct TrainedNet {
  std::string path;
  std::string task;             // the demo's name
  nlohmann::json architecture;  // what the demo needs to build the network and to read inputs
  std::vector<nn::NamedTensor> weights;

  // Error names the file and the key of `architecture` that is missing or of another kind.
  int64_t number(const std::string& key) const;
  std::string text(const std::string& key) const;
  std::vector<std::string> texts(const std::string& key) const;
  // Before a network of so many weights is built: Error if the file holds fewer, for then its
  // architecture lies and could ask for any memory.
  void expect_weights(double at_least) const;
};

void save_trained_net(const std::string& path, const std::string& task,
                      const nlohmann::json& architecture, const nn::Module& net);
// Error names the file and what is wrong with it; a network that plays Go is told as such.
TrainedNet load_trained_net(const std::string& path);
// The weights into a module built from the architecture; Error names file and tensor.
void load_into(nn::Module& net, const TrainedNet& file);

// A trained network ready to be asked.
struct Served {
  std::shared_ptr<nn::Module> net;  // in evaluation
  // For export and summary: the network as a function of inputs of these shapes.
  nn::Forward forward;
  std::vector<nn::Shape> input_shapes;
  bool any_batch = true;  // whether the first axis of the inputs may be of any size
  // Answers one input, as `tengen predict --net FILE INPUT` prints it: a file's name or a text.
  std::function<std::string(const std::string& input)> answer;
  std::string input_help;  // "an image file (PNG, JPEG)"
};

}  // namespace tengen::tools
