#include "agents/policy_value_net.h"

#include <utility>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/layers/batch_norm.h"
#include "nn/layers/conv2d.h"
#include "nn/layers/linear.h"
#include "nn/ops.h"

namespace tengen::agents {
namespace {

using nn::Var;

// Means are also given scaled by the board's width, so that one set of weights can count points
// on every size (Wu 2019, section 4.1).
constexpr int kPools = 3;
Var pooled(const Var& x) {  // [N,H,W,C] -> [N,3C]
  const Var mean = nn::global_mean_pool(x);
  const float width = static_cast<float>(x.shape()[2]);
  return nn::concat({mean, nn::scale(mean, (width - 14.0f) / 10.0f), nn::global_max_pool(x)}, 1);
}

void fill_parameters(const nn::Module& module, float value) {
  for (nn::NamedVar& parameter : module.parameters()) parameter.var.value().fill(value);
}

// Convolution and batch norm; the plan folds them into one.
class ConvNorm : public nn::Module {
 public:
  ConvNorm(int in, int out, int kernel, Rng& rng)
      : conv_(in, out, kernel, rng, {.bias = false}), norm_(out) {
    add_child("conv", conv_);
    add_child("norm", norm_);
  }
  Var forward(const Var& x) { return norm_.forward(conv_.forward(x)); }
  // relu(forward(x) + residual), in fewer passes over memory when training.
  Var forward_relu(const Var& x, const Var& residual = {}) {
    return norm_.forward_relu(conv_.forward(x), residual);
  }
  // Until it learns: the output is zero.
  void begin_at_zero() { fill_parameters(norm_, 0.0f); }

 private:
  nn::Conv2d conv_;
  nn::BatchNorm norm_;
};

// What the whole board says to every point: a bias for each channel.
class PooledBias : public nn::Module {
 public:
  PooledBias(int in, int hidden, int out, Rng& rng)
      : features_(in, hidden, 1, rng), to_bias_(kPools * hidden, out, rng) {
    add_child("features", features_);
    add_child("to_bias", to_bias_);
  }
  Var vector(const Var& x) { return pooled(features_.forward_relu(x)); }  // [N,3*hidden]
  Var bias(const Var& vector) { return to_bias_.forward(vector); }        // [N,out]

 private:
  ConvNorm features_;
  nn::Linear to_bias_;
};

// Post-activation residual block: x + norm(conv(relu(norm(conv(x)) + bias of the board))).
class Block : public nn::Module {
 public:
  Block(int channels, int pool_channels, Rng& rng)  // pool_channels 0: no pooling branch
      : first_(channels, channels, 3, rng), second_(channels, channels, 3, rng) {
    add_child("first", first_);
    add_child("second", second_);
    if (pool_channels > 0) {
      pool_ = std::make_unique<PooledBias>(channels, pool_channels, channels, rng);
      add_child("pool", *pool_);
    }
    second_.begin_at_zero();  // a fresh block is the identity
  }

  Var forward(const Var& x) { return second_.forward_relu(inner(x), x); }

 private:
  Var inner(const Var& x) {
    if (!pool_) return first_.forward_relu(x);
    return nn::relu(nn::add(first_.forward(x), pool_->bias(pool_->vector(x))));
  }

  ConvNorm first_, second_;
  std::unique_ptr<PooledBias> pool_;
};

class PolicyHead : public nn::Module {
 public:
  PolicyHead(int in, int hidden, bool pass, Rng& rng)
      : features_(in, hidden, 1, rng),
        board_(in, hidden, hidden, rng),
        to_logit_(hidden, 1, 1, rng) {
    add_child("features", features_);
    add_child("board", board_);
    add_child("to_logit", to_logit_);
    fill_parameters(to_logit_, 0.0f);
    if (!pass) return;
    to_pass_ = std::make_unique<nn::Linear>(kPools * hidden, 1, rng);
    add_child("to_pass", *to_pass_);
    fill_parameters(*to_pass_, 0.0f);
  }

  Var forward(const Var& x) {  // [N,H,W,C] -> [N,actions]
    const Var board = board_.vector(x);
    const Var features = nn::relu(nn::add(features_.forward(x), board_.bias(board)));
    const Var logits =
        nn::reshape(to_logit_.forward(features), {x.shape()[0], x.shape()[1] * x.shape()[2]});
    return to_pass_ ? nn::concat({logits, to_pass_->forward(board)}, 1) : logits;
  }

 private:
  ConvNorm features_;
  PooledBias board_;
  nn::Conv2d to_logit_;
  std::unique_ptr<nn::Linear> to_pass_;
};

class ValueHead : public nn::Module {
 public:
  ValueHead(int in, int hidden, Rng& rng)
      : features_(in, hidden, 1, rng),
        to_board_(kPools * hidden, 2 * hidden, rng),
        to_value_(2 * hidden, 1, rng),
        to_score_(2 * hidden, 1, rng),
        to_ownership_(hidden, 1, 1, rng) {
    add_child("features", features_);
    add_child("to_board", to_board_);
    add_child("to_value", to_value_);
    add_child("to_score", to_score_);
    add_child("to_ownership", to_ownership_);
    fill_parameters(to_value_, 0.0f);
    fill_parameters(to_score_, 0.0f);
    fill_parameters(to_ownership_, 0.0f);
  }

  void forward(const Var& x, bool with_ownership, PolicyValueOutput& out) {
    const Var features = features_.forward_relu(x);
    const Var board = nn::relu(to_board_.forward(pooled(features)));
    out.value = to_value_.forward(board);
    out.score = to_score_.forward(board);
    if (!with_ownership) return;
    out.ownership =
        nn::reshape(to_ownership_.forward(features), {x.shape()[0], x.shape()[1] * x.shape()[2]});
  }

 private:
  ConvNorm features_;
  nn::Linear to_board_, to_value_, to_score_;
  nn::Conv2d to_ownership_;
};

// Restores a module's mode at the end of a scope.
class EvalMode {
 public:
  explicit EvalMode(nn::Module& module) : module_(module), was_training_(module.training()) {
    module_.train(false);
  }
  ~EvalMode() { module_.train(was_training_); }
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;

 private:
  nn::Module& module_;
  bool was_training_;
};

}  // namespace

struct PolicyValueNet::Layers {
  Layers(const PolicyValueConfig& c, Rng& rng)
      : stem(c.planes, c.channels, 3, rng),
        policy(c.channels, c.head_channels, c.pass, rng),
        value(c.channels, c.head_channels, rng) {
    for (int i = 1; i <= c.blocks; ++i) {
      const bool pools = c.pool_every > 0 && i % c.pool_every == 0;
      blocks.push_back(std::make_unique<Block>(c.channels, pools ? c.pool_channels : 0, rng));
    }
  }

  ConvNorm stem;
  std::vector<std::unique_ptr<Block>> blocks;
  PolicyHead policy;
  ValueHead value;
};

PolicyValueNet::PolicyValueNet(const PolicyValueConfig& config, uint64_t seed) : config_(config) {
  CHECK(config.planes > 0);
  CHECK(config.channels > 0);
  CHECK(config.pool_channels > 0);
  CHECK(config.head_channels > 0);
  Rng rng(seed);
  layers_ = std::make_unique<Layers>(config, rng);
  add_child("stem", layers_->stem);
  for (size_t i = 0; i < layers_->blocks.size(); ++i) {
    add_child("block" + std::to_string(i + 1), *layers_->blocks[i]);
  }
  add_child("policy", layers_->policy);
  add_child("value", layers_->value);
}

PolicyValueNet::~PolicyValueNet() = default;

const PolicyValueConfig& PolicyValueNet::config() const { return config_; }

PolicyValueOutput PolicyValueNet::forward(const Var& planes, bool with_ownership) {
  CHECK(planes.shape().rank() == 4);
  CHECK(planes.shape()[3] == config_.planes);
  Var x = layers_->stem.forward_relu(planes);
  for (const auto& block : layers_->blocks) x = block->forward(x);
  PolicyValueOutput out;
  out.policy = layers_->policy.forward(x);
  layers_->value.forward(x, with_ownership, out);
  return out;
}

nn::Graph PolicyValueNet::graph(int height, int width, bool with_ownership, int rows) {
  const EvalMode eval(*this);
  const auto run = [&](const std::vector<Var>& inputs) {
    const PolicyValueOutput out = forward(inputs[0], with_ownership);
    std::vector<Var> outputs{out.policy, out.value, out.score};
    if (with_ownership) outputs.push_back(out.ownership);
    return outputs;
  };
  return nn::trace(run, {nn::Shape{rows, height, width, config_.planes}});
}

PolicyValueConfig config_for(const envs::GameSpec& spec, PolicyValueConfig rest) {
  rest.game = spec.name.substr(0, spec.name.find(':'));
  rest.planes = spec.planes;
  rest.pass = spec.actions == spec.height * spec.width + 1;
  return rest;
}

}  // namespace tengen::agents
