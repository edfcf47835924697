#include "tools/demos/sign_attack.h"

#include <algorithm>

#include "nn/data/loader.h"
#include "nn/ops.h"
#include "nn/training/metrics.h"

namespace tengen::tools {
namespace {

constexpr int64_t kRows = 250;  // attacked at once

// x changed by step * sign, but within epsilon of the images and within [0,1].
nn::Tensor stepped(const nn::Tensor& x, const nn::Tensor& sign, float step,
                   const nn::Tensor& images, float epsilon) {
  nn::Tensor out = x.clone();
  for (int64_t i = 0; i < out.size(); ++i) {
    const float image = images.data()[i];
    out.data()[i] = std::clamp(
        std::clamp(x.data()[i] + step * sign.data()[i], image - epsilon, image + epsilon), 0.0f,
        1.0f);
  }
  return out;
}

double right_answers(nn::Layer& net, const nn::Tensor& x, const nn::Tensor& classes) {
  const nn::NoGrad no_grad;
  return nn::accuracy(net.forward(nn::Var(x)).value(), classes) *
         static_cast<double>(classes.size());
}

}  // namespace

nn::Tensor loss_sign(nn::Layer& net, const nn::Tensor& images, const nn::Tensor& classes) {
  const nn::Var x(images, /*requires_grad=*/true);
  nn::backward(nn::class_cross_entropy(net.forward(x), classes));
  nn::Tensor sign = x.grad().clone();
  for (float& number : sign.values()) number = static_cast<float>((number > 0) - (number < 0));
  net.zero_grad();
  return sign;
}

nn::Tensor attacked(const nn::Tensor& images, const nn::Tensor& sign, float epsilon) {
  return stepped(images, sign, epsilon, images, epsilon);
}

nn::Tensor attacked_from_random(nn::Layer& net, const nn::Tensor& images, const nn::Tensor& classes,
                                float epsilon, Rng& rng) {
  nn::Tensor start = images.clone();
  for (float& pixel : start.values()) pixel += epsilon * static_cast<float>(2 * rng.uniform() - 1);
  return stepped(start, loss_sign(net, start, classes), 1.25f * epsilon, images, epsilon);
}

nn::Tensor attacked_by_steps(nn::Layer& net, const nn::Tensor& images, const nn::Tensor& classes,
                             float epsilon, int steps) {
  nn::Tensor x = images;
  for (int step = 0; step < steps; ++step)
    x = stepped(x, loss_sign(net, x, classes), 2.5f * epsilon / static_cast<float>(steps), images,
                epsilon);
  return x;
}

std::vector<double> accuracy_over_epsilon(nn::Layer& net, const nn::DatasetPtr& data,
                                          const std::vector<float>& epsilons) {
  const nn::Loader loader(data, {.batch_size = kRows, .shuffle = false});
  std::vector<double> right(epsilons.size());
  for (const nn::Batch& batch : loader.epoch(0)) {
    const nn::Tensor sign = loss_sign(net, batch.input(), batch.target());
    for (size_t i = 0; i < epsilons.size(); ++i)
      right[i] += right_answers(net, attacked(batch.input(), sign, epsilons[i]), batch.target());
  }
  for (double& count : right) count /= static_cast<double>(data->size());
  return right;
}

double accuracy_after_steps(nn::Layer& net, const nn::DatasetPtr& data, float epsilon, int steps) {
  const nn::Loader loader(data, {.batch_size = kRows, .shuffle = false});
  double right = 0;
  for (const nn::Batch& batch : loader.epoch(0))
    right += right_answers(
        net, attacked_by_steps(net, batch.input(), batch.target(), epsilon, steps), batch.target());
  return right / static_cast<double>(data->size());
}

}  // namespace tengen::tools
