// A program that links nothing but nn: trains a small network and prints its loss. How large it is
// says what the library costs a program that uses it.
#include <cstdio>

#include "nn/base/rng.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/linear.h"
#include "nn/layers/pool2d.h"
#include "nn/layers/sequential.h"
#include "nn/ops.h"
#include "nn/optim/optimizer.h"

int main() {
  using namespace tengen::nn;
  tengen::Rng rng(1);
  Sequential net;
  net.add<ConvReluPool>("conv", 1, 8, 3, rng).add<Flatten>("flatten");
  net.add<Linear>("out", 4 * 4 * 8, 2, rng);
  const auto adam = make_adam(net.parameters(), {});
  Tensor images({2, 8, 8, 1}), classes({2}, std::vector<float>{0, 1});
  for (float& value : images.values()) value = static_cast<float>(rng.normal());
  float loss = 0;
  for (int step = 0; step < 100; ++step) {
    adam->zero_grad();
    const Var error = class_cross_entropy(net.forward(Var(images)), classes);
    backward(error);
    adam->step(1e-2f);
    loss = error.value().item();
  }
  std::printf("loss after 100 steps: %g\n", static_cast<double>(loss));
}
