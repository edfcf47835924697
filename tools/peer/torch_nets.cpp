#include "tools/peer/torch_nets.h"

#include <stdexcept>
#include <utility>

namespace peer {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

nn::Conv2d convolution(int64_t in, int64_t out, int64_t kernel) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(false));
}

struct ResidualBlockImpl : nn::Module {
  explicit ResidualBlockImpl(int64_t channels)
      : conv1(convolution(channels, channels, 3)),
        norm1(channels),
        conv2(convolution(channels, channels, 3)),
        norm2(channels) {
    register_module("conv1", conv1);
    register_module("norm1", norm1);
    register_module("conv2", conv2);
    register_module("norm2", norm2);
  }
  Tensor forward(const Tensor& x) {
    return torch::relu(norm2(conv2(torch::relu(norm1(conv1(x))))) + x);
  }
  nn::Conv2d conv1;
  nn::BatchNorm2d norm1;
  nn::Conv2d conv2;
  nn::BatchNorm2d norm2;
};
TORCH_MODULE(ResidualBlock);

struct CharacterLstm : nn::Module {
  CharacterLstm()
      : embedding(96, 128),
        lstm(nn::LSTMOptions(128, 256).num_layers(2).batch_first(true)),
        out(256, 96) {
    register_module("embedding", embedding);
    register_module("lstm", lstm);
    register_module("out", out);
  }
  Tensor forward(const Tensor& x) { return out(std::get<0>(lstm(embedding(x)))).reshape({-1, 96}); }
  nn::Embedding embedding;
  nn::LSTM lstm;
  nn::Linear out;
};

std::unique_ptr<torch::optim::Optimizer> sgd(const nn::Module& net) {
  return std::make_unique<torch::optim::SGD>(net.parameters(),
                                             torch::optim::SGDOptions(0.01).momentum(0.9));
}

std::unique_ptr<torch::optim::Optimizer> adam(const nn::Module& net) {
  return std::make_unique<torch::optim::Adam>(net.parameters(), torch::optim::AdamOptions(1e-3));
}

Workload of_sequential(const std::string& name, nn::Sequential net, Tensor input, int64_t classes) {
  const int64_t batch = input.size(0);
  return {name,
          batch,
          net.ptr(),
          nullptr,
          std::move(input),
          torch::randint(classes, {batch}),
          [net](const Tensor& x) mutable { return net->forward(x); }};
}

Workload mlp(const std::string& name) {
  nn::Sequential net(nn::Linear(784, 512), nn::ReLU(), nn::Linear(512, 256), nn::ReLU(),
                     nn::Linear(256, 10));
  Workload out = of_sequential(name, net, torch::randn({128, 784}), 10);
  out.optimizer = sgd(*out.net);
  return out;
}

Workload lenet(const std::string& name) {
  nn::Sequential net(nn::Conv2d(1, 32, 5), nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(32, 64, 5),
                     nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), nn::Linear(64 * 4 * 4, 128),
                     nn::ReLU(), nn::Linear(128, 10));
  Workload out = of_sequential(name, net, torch::randn({128, 1, 28, 28}), 10);
  out.optimizer = adam(*out.net);
  return out;
}

Workload go(const std::string& name, int64_t size, int64_t channels, int blocks, int64_t batch) {
  nn::Sequential net(convolution(17, channels, 3), nn::BatchNorm2d(channels), nn::ReLU());
  for (int i = 0; i < blocks; ++i) net->push_back(ResidualBlock(channels));
  net->push_back(convolution(channels, 2, 1));
  net->push_back(nn::BatchNorm2d(2));
  net->push_back(nn::ReLU());
  net->push_back(nn::Flatten());
  net->push_back(nn::Linear(2 * size * size, size * size + 1));
  // Channels last is the faster layout of both for these networks.
  for (Tensor& parameter : net->parameters())
    if (parameter.dim() == 4)
      parameter.set_data(parameter.data().contiguous(at::MemoryFormat::ChannelsLast));
  Workload out = of_sequential(
      name, net, torch::randn({batch, 17, size, size}).contiguous(at::MemoryFormat::ChannelsLast),
      size * size + 1);
  out.optimizer = sgd(*out.net);
  return out;
}

Workload lstm(const std::string& name) {
  const auto net = std::make_shared<CharacterLstm>();
  return {name,
          64,
          net,
          adam(*net),
          torch::randint(96, {64, 64}),
          torch::randint(96, {64 * 64}),
          [net](const Tensor& x) { return net->forward(x); }};
}

}  // namespace

Workload make_workload(const std::string& name) {
  torch::manual_seed(1);
  if (name == "mlp") return mlp(name);
  if (name == "lenet") return lenet(name);
  if (name == "go9") return go(name, 9, 64, 6, 256);
  if (name == "go19") return go(name, 19, 128, 10, 64);
  if (name == "lstm") return lstm(name);
  throw std::invalid_argument(name + ": not one of mlp lenet go9 go19 lstm");
}

}  // namespace peer
