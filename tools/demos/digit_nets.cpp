#include "tools/demos/digit_nets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "nn/base/check.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv_norm_relu.h"
#include "nn/layers/dropout.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "tools/demos/picture_input.h"

namespace tengen::tools {

using namespace nn;  // NOLINT: the page is about nothing else

namespace {

constexpr std::array<const char*, 3> kNames = {"mlp", "cnn", "deep"};  // of each DigitKind

// One network in the making: what comes out of its last layer so far is [N,height,width,channels]
// or [N,features].
class Builder {
 public:
  Builder(const DigitNet& design, uint64_t seed)
      : design_(design),
        rng_(seed),
        net_(std::make_unique<Sequential>()),
        height_(design.image[0]),
        width_(design.image[1]),
        channels_(design.image[2]) {}

  // A convolution, a rectifier and a maximum of 2x2 pixels.
  void conv_pool(const std::string& name, int64_t out, int64_t kernel, int64_t padding) {
    const Conv2dLayerOptions options{.padding = padding};
    if (design_.batch_norm)
      net_->add<ConvNormRelu>(name, channels_, out, kernel, rng_, options)
          .add<MaxPool2d>(name + "_pool");
    else
      net_->add<ConvReluPool>(name, channels_, out, kernel, rng_, options);
    height_ = (height_ + 2 * padding - kernel + 1) / 2;
    width_ = (width_ + 2 * padding - kernel + 1) / 2;
    channels_ = out;
  }
  void conv_norm(const std::string& name, int64_t out) {
    net_->add<ConvNormRelu>(name, channels_, out, 3, rng_);
    channels_ = out;
  }
  void pool(const std::string& name) {
    net_->add<MaxPool2d>(name);
    height_ /= 2;
    width_ /= 2;
  }
  void flatten() {
    net_->add<Flatten>("flat");
    features_ = height_ * width_ * channels_;
  }
  void hidden(const std::string& name, int64_t out) {
    if (design_.drop_connect > 0)
      net_->add<DropConnect>(name, features_, out, design_.drop_connect, rng_);
    else
      net_->add<Linear>(name, features_, out, rng_);
    if (design_.batch_norm) net_->add<BatchNorm>(name + "_norm", out);
    net_->add(relu);
    features_ = out;
    dropout(name + "_dropout");
  }
  void dropout(const std::string& name) {
    if (design_.dropout > 0) net_->add<Dropout>(name, design_.dropout, rng_);
  }
  std::unique_ptr<Sequential> finish() {
    net_->add<Linear>("classes", features_, design_.classes, rng_);
    return std::move(net_);
  }

  bool large() const { return height_ >= 20 && width_ >= 20; }

 private:
  const DigitNet design_;
  Rng rng_;
  std::unique_ptr<Sequential> net_;
  int64_t height_, width_, channels_, features_ = 0;
};

}  // namespace

std::unique_ptr<Sequential> make_digit_net(const DigitNet& design, uint64_t seed) {
  CHECK(design.image.rank() == 3);
  if (design.image[0] < 8 || design.image[1] < 8)
    throw Error(fmt::format("images of {}x{} are too small for these networks; 8x8 is the least",
                            design.image[0], design.image[1]));
  Builder net(design, seed);
  switch (design.kind) {
    case DigitKind::kMlp:
      net.flatten();
      net.hidden("hidden1", 512);
      net.hidden("hidden2", 256);
      break;
    case DigitKind::kCnn:
      if (net.large()) {
        net.conv_pool("conv1", 16, 5, 0);
        net.conv_pool("conv2", 32, 5, 0);
      } else {  // keep the borders, and see more in what little there is
        net.conv_pool("conv1", 32, 3, 1);
        net.conv_pool("conv2", 64, 3, 1);
      }
      net.flatten();
      net.hidden("hidden", 128);
      break;
    case DigitKind::kDeep:
      net.conv_pool("conv1", 32, 5, 2);
      net.conv_norm("conv2", 64);
      net.conv_norm("conv3", 64);
      net.pool("pool3");
      net.conv_norm("conv4", 128);
      net.conv_norm("conv5", 128);
      net.pool("pool5");
      net.flatten();
      net.dropout("dropout");
      break;
  }
  return net.finish();
}

nlohmann::json architecture_of(const DigitNet& design, const std::vector<std::string>& names) {
  nlohmann::json out = picture_architecture(design.image, names);
  out["network"] = kNames[static_cast<size_t>(design.kind)];
  out["batch_norm"] = design.batch_norm ? 1 : 0;
  out["dropout_percent"] = std::lround(100 * design.dropout);
  out["drop_connect_percent"] = std::lround(100 * design.drop_connect);
  return out;
}

DigitNet digit_net_of(const TrainedNet& file) {
  const std::string name = file.text("network");
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end())
    throw Error(fmt::format("{}: \"network\" of its architecture is \"{}\", none of {}", file.path,
                            name, fmt::join(kNames, ", ")));
  const auto share = [&](const char* key) {
    return static_cast<float>(std::clamp<int64_t>(file.number(key), 0, 99)) / 100;
  };
  return {.kind = static_cast<DigitKind>(found - kNames.begin()),
          .image = picture_shape(file),
          .classes = static_cast<int64_t>(picture_classes(file).size()),
          .batch_norm = file.number("batch_norm") != 0,
          .dropout = share("dropout_percent"),
          .drop_connect = share("drop_connect_percent")};
}

}  // namespace tengen::tools
