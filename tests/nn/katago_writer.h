// A small network in KataGo's file format, version 8, with random weights, which are kept beside
// the bytes for an evaluation that does not go through the reader.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tengen::nn {

struct KatagoSizes {
  int stem_kernel = 5, kernel = 3;
  int channels = 5;           // of the trunk; 6 inside an ordinary block
  int regular = 4, pool = 3;  // channels of a pooling block
  int dilation = 2;           // of the first convolution
  int policy = 3, policy_pool = 2;
  int value = 3, hidden = 4;
};

struct KatagoFile {
  std::string bytes;
  std::map<std::string, std::vector<float>> weights;  // "block1/w1"; a norm's: "block1/n1/mean"
};

// An ordinary block "block1" (n1, w1, n2, w2) and a pooling block "block2" (n1, w1, wp, np, wb, n2,
// w2); "stem", "globals", "tip"; "p1", "pg", "pgn", "pgb", "pn", "p2", "pass"; "v1", "vn", "v2",
// "v2b", "v3", "v3b", "sv", "svb", "own". The norm n1 of each block has no factors.
KatagoFile small_katago_file(const KatagoSizes& sizes = {});

}  // namespace tengen::nn
