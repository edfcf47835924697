// Any image file as the input of a network that classifies images, and its answer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/layers/module.h"
#include "tools/demos/trained_net.h"

namespace tengen::tools {

// What every such network's file says: the images it was trained on and what its classes are
// called. Errors name the file and the key.
nlohmann::json picture_architecture(const nn::Shape& image, const std::vector<std::string>& names);
nn::Shape picture_shape(const TrainedNet& file);  // [H,W,C]
std::vector<std::string> picture_classes(const TrainedNet& file);

enum class PictureOf {
  kAnything,  // brought to the network's size as a whole
  // Ink: made bright on dark, as MNIST's digits are; in a picture of another size it is cut out,
  // brought to 20 of 28 parts of the network's size and centred by its mass, as MNIST's were
  // (LeCun et al. 1998, section III.A).
  kInk,
};

// The file as an image of `shape` [H,W,C]; what had to be done to it is told on standard error.
nn::Tensor picture_input(const std::string& path, const nn::Shape& shape, PictureOf what);

// `net` ready to be asked for image files; takes the weights from `file`.
Served serve_pictures(const TrainedNet& file, std::shared_ptr<nn::Layer> net, PictureOf what);

}  // namespace tengen::tools
