#include "nn/io/katago_net.h"

#include <cmath>
#include <vector>

#include "nn/io/atomic_file.h"
#include "nn/io/gzip.h"
#include "nn/io/katago_layers.h"
#include "nn/ops.h"

namespace tengen::nn {
namespace {

Var conv(const Var& x, const KatagoConv& c) {
  const Shape& w = c.weight.shape();
  return conv2d(
      x, c.weight, Var(),
      {.padding = {c.dilation.h * (w[0] / 2), c.dilation.w * (w[1] / 2)}, .dilation = c.dilation});
}

Var norm_relu(const Var& x, const KatagoNorm& n) {
  return relu(batch_norm_infer(x, n.gamma, n.beta, n.mean, n.variance, n.epsilon));
}

// How far the board's side is from 14 points, in tens of points: with it a layer after global
// pooling learns what depends on the board's size.
float size_offset(const Var& x) {
  return 0.1f * (std::sqrt(static_cast<float>(x.shape()[1] * x.shape()[2])) - 14.0f);
}

// [N,H,W,C] -> [N,3C]: the mean, the same by the board's size, and the maximum.
Var pooled_with_max(const Var& x) {
  const Var mean = global_mean_pool(x);
  return concat({mean, scale(mean, size_offset(x)), global_max_pool(x)}, 1);
}

// The value head's: its third is the mean by the square of the board's size.
Var pooled_with_square(const Var& x) {
  const Var mean = global_mean_pool(x);
  const float offset = size_offset(x);
  return concat({mean, scale(mean, offset), scale(mean, offset * offset - 0.1f)}, 1);
}

// [N,3P], or nothing for a branch without pooling.
Var pooled(const Var& x, const KatagoBranch& b) {
  if (!b.pooling) return Var();
  return pooled_with_max(norm_relu(conv(x, b.pooling->conv), b.pooling->norm));
}

Var branch(const Var& x, const KatagoBranch& b, const Var& pooled) {
  Var y = conv(x, b.first);
  if (pooled.defined()) y = add(y, matmul(pooled, b.pooling->to_bias));
  return conv(norm_relu(y, b.norm), b.last);
}

Var points(const Var& image) {  // [N,H,W,1] -> [N,H*W]
  const Shape& s = image.shape();
  return reshape(image, {s[0], s[1] * s[2]});
}

Var linear(const Var& x, const KatagoLinear& l) { return nn::linear(x, l.weight, l.bias); }

}  // namespace

KatagoNet::KatagoNet(const std::string& path) : KatagoNet(read_file(path), path) {}

KatagoNet::KatagoNet(const std::string& bytes, const std::string& file)
    : layers_(std::make_unique<const KatagoLayers>(
          read_katago_layers(is_gzip(bytes) ? gunzip(bytes, file) : bytes, file))) {}

KatagoNet::~KatagoNet() = default;

const std::string& KatagoNet::name() const { return layers_->name; }

KatagoOutput KatagoNet::forward(const Var& planes, const Var& globals) const {
  const KatagoLayers& net = *layers_;
  Var x = add(conv(planes, net.stem), matmul(globals, net.stem_globals));
  for (const KatagoBlock& block : net.blocks) {
    const Var inner = norm_relu(x, block.norm);
    x = add(x, branch(inner, block.branch, pooled(inner, block.branch)));
  }
  x = norm_relu(x, net.tip);

  const Var row = pooled(x, net.policy);
  const Var policy = concat({points(branch(x, net.policy, row)), matmul(row, net.policy_pass)}, 1);
  const Var judged = norm_relu(conv(x, net.value_conv), net.value_norm);
  const Var hidden = relu(linear(pooled_with_square(judged), net.value_hidden));
  return {policy, linear(hidden, net.value), linear(hidden, net.score),
          points(conv(judged, net.ownership))};
}

Graph KatagoNet::graph(int64_t height, int64_t width, int64_t rows) const {
  const auto run = [&](const std::vector<Var>& inputs) {
    const KatagoOutput out = forward(inputs[0], inputs[1]);
    return std::vector<Var>{out.policy, out.value, out.score, out.ownership};
  };
  return trace(run, {{rows, height, width, kKatagoPlanes}, {rows, kKatagoGlobals}});
}

}  // namespace tengen::nn
