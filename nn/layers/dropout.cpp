#include "nn/layers/dropout.h"

#include "nn/base/check.h"
#include "nn/layers/init.h"
#include "nn/ops.h"

namespace tengen::nn {

Rng CallCounter::next() {
  constexpr float kLowerLimit = 16777216;  // 2^24
  float &lower = calls_.values()[0], &upper = calls_.values()[1];
  const Rng rng(seed_, static_cast<uint64_t>(upper) << 24 | static_cast<uint64_t>(lower));
  lower += 1;
  if (lower == kLowerLimit) {
    lower = 0;
    upper += 1;
  }
  return rng;
}

Dropout::Dropout(float p, Rng& rng)
    : p_(p), counter_(rng.bits(), add_host_buffer("calls", Tensor({2}))) {
  CHECK(p >= 0);
  CHECK(p < 1);
}

Var Dropout::forward(const Var& x) {
  if (!training() || p_ == 0) return x;
  Rng rng = counter_.next();
  return dropout(x, p_, rng);
}

DropConnect::DropConnect(int64_t in, int64_t out, float p, Rng& rng, bool bias)
    : in_(in),
      p_(p),
      weight_(add_parameter("weight", xavier_uniform({in, out}, in, out, rng), true)),
      bias_(bias ? add_parameter("bias", Tensor({out}), false) : Var()),
      counter_(rng.bits(), add_host_buffer("calls", Tensor({2}))) {
  CHECK(p >= 0);
  CHECK(p < 1);
}

Var DropConnect::forward(const Var& x) {
  expect_shape(x, {"...", in_});
  if (!training() || p_ == 0) return linear(x, weight_, bias_);
  Rng rng = counter_.next();
  return linear(x, dropout(weight_, p_, rng), bias_);
}

}  // namespace tengen::nn
