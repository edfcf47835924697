// Networks of KataGo (github.com/lightvector/KataGo), model version 8, from its `.bin.gz` or `.bin`
// files: another program's trained network as a graph, to be compared with on the same boards.
//
// A residual tower with global pooling, one set of weights for every board size (Wu 2019,
// "Accelerating Self-Play Learning in Go", section 4.1), blocks with the activation first:
//
//   planes, globals -> 5x5 stem -> blocks -> norm -> +-> policy head: points and pass
//                                                    +-> value head:  value, score; ownership
//
// Every point that the planes have is on the board: a smaller board is a smaller image.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "nn/graph.h"

namespace tengen::nn {

inline constexpr int64_t kKatagoPlanes = 22;   // version 7 of KataGo's input features
inline constexpr int64_t kKatagoGlobals = 19;  // such as rules, komi and passes

// What the network says of N positions, for the player to move.
struct KatagoOutput {
  Var policy;     // [N, H*W + 1] logits: points row by row, then pass
  Var value;      // [N, 3] logits: win, loss, no result
  Var score;      // [N, 4]: 20 * [0] is the score's mean and 20 * softplus([1]) its deviation,
                  // 20 * [2] the lead, 40 * softplus([3]) the variance of the time that is left
  Var ownership;  // [N, H*W]: tanh of it is -1 for the opponent's points to 1 for one's own
};

struct KatagoLayers;

class KatagoNet {
 public:
  // Error "FILE: byte 96: layer rconv1/w1: WHAT; remedy", with the bytes counted unpacked, for
  // whatever is wrong with the file, weights that are no numbers included; nothing is allocated for
  // what is not there.
  explicit KatagoNet(const std::string& path);
  // The same from memory, packed or not; `file` stands for it in errors.
  KatagoNet(const std::string& bytes, const std::string& file);
  ~KatagoNet();

  const std::string& name() const;  // as the file has it: "g170-b6c96-s175395328-d26788732"

  // planes [N,H,W,22], globals [N,19].
  KatagoOutput forward(const Var& planes, const Var& globals) const;
  // Inputs and outputs as those of forward, in order.
  Graph graph(int64_t height, int64_t width, int64_t rows = 1) const;

 private:
  std::unique_ptr<const KatagoLayers> layers_;
};

}  // namespace tengen::nn
