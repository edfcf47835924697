// What a file of a KataGo network holds, layer by layer: between its reader (katago_reader.cpp) and
// what is computed with it (katago_net.cpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/autograd.h"
#include "nn/device.h"

namespace tengen::nn {

struct KatagoConv {
  Var weight;  // [kh,kw,C,K], kh and kw odd; the image keeps its size
  PerAxis dilation = 1;
};

// Batch norm; version 8 always has relu after it.
struct KatagoNorm {
  Var gamma, beta;
  Tensor mean, variance;
  float epsilon = 0;
};

// A branch of P channels whose global pooling is a bias for the K channels beside it.
struct KatagoPooling {
  KatagoConv conv;
  KatagoNorm norm;
  Var to_bias;  // [3P,K]
};

// conv(relu(norm(conv(x) + pooling(x)))): the heart of every block and of the policy head.
struct KatagoBranch {
  KatagoConv first;
  std::optional<KatagoPooling> pooling;
  KatagoNorm norm;
  KatagoConv last;
};

struct KatagoBlock {  // x + branch(relu(norm(x)))
  KatagoNorm norm;
  KatagoBranch branch;
};

struct KatagoLinear {
  Var weight, bias;  // [in,out], [out]
};

struct KatagoLayers {
  std::string name;
  KatagoConv stem;
  Var stem_globals;  // [19,C]
  std::vector<KatagoBlock> blocks;
  KatagoNorm tip;
  KatagoBranch policy;
  Var policy_pass;  // [3P,1]
  KatagoConv value_conv;
  KatagoNorm value_norm;
  KatagoLinear value_hidden, value, score;
  KatagoConv ownership;
};

// Error as of KatagoNet.
KatagoLayers read_katago_layers(std::string_view bytes, const std::string& file);

}  // namespace tengen::nn
