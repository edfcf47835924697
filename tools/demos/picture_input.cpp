#include "tools/demos/picture_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "nn/base/check.h"
#include "nn/data/image_geometry.h"
#include "nn/data/resize.h"
#include "nn/infer/predictor.h"
#include "nn/io/image_file.h"
#include "tools/demos/classifier.h"

namespace tengen::tools {
namespace {

constexpr int64_t kLargestSide = 1024, kMostChannels = 4, kMostClasses = 10000;

[[noreturn]] void fail(const TrainedNet& file, const std::string& what) {
  throw Error(file.path + ": its architecture: " + what + "; the file is damaged");
}

// `resized` passes pixels over when it shrinks by more than two: halved before, each pixel is the
// mean of four.
nn::Tensor brought_to(nn::Tensor image, int64_t height, int64_t width) {
  while (image.shape()[0] >= 2 * height && image.shape()[1] >= 2 * width)
    image = nn::resized(image, image.shape()[0] / 2, image.shape()[1] / 2);
  return nn::resized(image, height, width);
}

double mean_of(const nn::Tensor& image) {
  double sum = 0;
  for (const float pixel : image.values()) sum += pixel;
  return sum / static_cast<double>(image.size());
}

// The part of rows or columns [first, last) in which something is at least as bright as `ink`.
struct Box {
  int64_t top = 0, bottom = 0, left = 0, right = 0;
};
Box box_of(const nn::Tensor& image, float ink) {
  const int64_t height = image.shape()[0], width = image.shape()[1];
  Box box{height, 0, width, 0};
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      if (image.data()[y * width + x] >= ink) {
        box.top = std::min(box.top, y);
        box.bottom = y + 1;
        box.left = std::min(box.left, x);
        box.right = std::max(box.right, x + 1);
      }
  return box;
}

// A grey image's ink as kInk says; an image without any as it is, only smaller.
nn::Tensor framed_ink(const nn::Tensor& image, int64_t height, int64_t width) {
  constexpr float kFaint = 0.3f;  // of the brightest
  constexpr double kPart = 20.0 / 28.0;
  const float brightest = std::ranges::max(image.values());
  if (brightest <= 0) return brought_to(image, height, width);
  const Box box = box_of(image, kFaint * brightest);
  const int64_t tall = box.bottom - box.top, wide = box.right - box.left;
  const double scale = kPart * static_cast<double>(std::min(height, width)) /
                       static_cast<double>(std::max(tall, wide));
  const auto scaled = [&](int64_t length) {
    return std::max<int64_t>(1, std::llround(scale * static_cast<double>(length)));
  };
  const nn::Tensor ink =
      brought_to(nn::cropped(image, box.top, box.left, tall, wide), scaled(tall), scaled(wide));
  double sum = 0, down = 0, right = 0;
  for (int64_t i = 0; i < ink.size(); ++i) {
    sum += ink.data()[i];
    down += ink.data()[i] * static_cast<double>(i / ink.shape()[1]);
    right += ink.data()[i] * static_cast<double>(i % ink.shape()[1]);
  }
  return nn::cropped(ink, std::llround(down / sum - static_cast<double>(height - 1) / 2),
                     std::llround(right / sum - static_cast<double>(width - 1) / 2), height, width);
}

}  // namespace

nlohmann::json picture_architecture(const nn::Shape& image, const std::vector<std::string>& names) {
  return {{"height", image[0]}, {"width", image[1]}, {"channels", image[2]}, {"classes", names}};
}

nn::Shape picture_shape(const TrainedNet& file) {
  const int64_t height = file.number("height"), width = file.number("width"),
                channels = file.number("channels");
  if (height < 1 || width < 1 || std::max(height, width) > kLargestSide)
    fail(file, fmt::format("images of {}x{}", height, width));
  if (channels < 1 || channels > kMostChannels) fail(file, fmt::format("{} channels", channels));
  return {height, width, channels};
}

std::vector<std::string> picture_classes(const TrainedNet& file) {
  const auto found = file.architecture.find("classes");
  if (found == file.architecture.end() || !found->is_array() || found->empty() ||
      found->size() > kMostClasses ||
      !std::ranges::all_of(*found, [](const auto& name) { return name.is_string(); }))
    fail(file, "\"classes\" is no list of names");
  return found->get<std::vector<std::string>>();
}

nn::Tensor picture_input(const std::string& path, const nn::Shape& shape, PictureOf what) {
  const int64_t height = shape[0], width = shape[1], channels = shape[2];
  nn::Tensor image = nn::read_image(path);
  const std::string size = fmt::format("{}x{}", image.shape()[0], image.shape()[1]);
  const auto tell = [&](const std::string& done) { std::cerr << path << ": " << done << "\n"; };
  if (image.shape()[2] != channels) {
    if (image.shape()[2] > 2 && channels == 1) tell("colours made grey");
    image = nn::with_channels(image, channels);
  }
  if (what == PictureOf::kInk && channels == 1 && mean_of(image) > 0.5) {
    tell("dark on bright, so inverted");
    for (float& pixel : image.values()) pixel = 1 - pixel;
  }
  if (image.shape() == shape) return image;
  if (what == PictureOf::kInk && channels == 1) {
    tell(fmt::format("the ink of {} brought to the middle of {}x{}", size, height, width));
    return framed_ink(image, height, width);
  }
  tell(fmt::format("{} resized to {}x{}", size, height, width));
  return brought_to(image, height, width);
}

Served serve_pictures(const TrainedNet& file, std::shared_ptr<nn::Layer> net, PictureOf what) {
  load_into(*net, file);
  net->train(false);
  const nn::Shape shape = picture_shape(file);
  const nn::Shape row{1, shape[0], shape[1], shape[2]};
  Served served;
  served.net = net;
  served.forward = [net](const std::vector<nn::Var>& in) {
    return std::vector<nn::Var>{net->forward(in[0])};
  };
  served.input_shapes = {row};
  served.answer = [predict = std::make_shared<nn::Predictor>(*net, shape, nn::PredictorOptions{1}),
                   names = picture_classes(file), shape, row, what](const std::string& path) {
    return likeliest((*predict)(picture_input(path, shape, what).reshape(row)), names);
  };
  served.input_help = "an image file (PNG, JPEG)";
  return served;
}

}  // namespace tengen::tools
