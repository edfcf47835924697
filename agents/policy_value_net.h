// The network that plays: a residual tower with global pooling, one set of weights for every
// board size (He et al. 2016; Silver et al. 2017; global pooling, score and ownership heads after
// Wu 2019, "Accelerating Self-Play Learning in Go", sections 4.1 and 4.2).
//
//   planes -> stem -> blocks -> +-> policy head: logits of the points and of pass
//                               +-> value head:  value, score; ownership from the same features
//
// policy_value_net.cpp is the network, net_file.cpp its files.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "envs/state.h"
#include "nn/graph.h"
#include "nn/layers/module.h"

namespace tengen::agents {

// Stored as JSON under "architecture" in the metadata of a weights file.
struct PolicyValueConfig {
  std::string game = "go";  // family of games: new_game's name without options
  int planes = 0;           // input channels, State::encode's
  bool pass = true;         // policy has one action more than points
  int blocks = 6;
  int channels = 64;
  int pool_every = 3;  // each so many-th block adds a global-pooling branch; 0: none
  int pool_channels = 16;
  int head_channels = 32;  // 1x1 convolutions of the policy and value heads
};

// What the network says of N positions of one board size; all for the player to move.
struct PolicyValueOutput {
  nn::Var policy;     // [N, actions] logits: points row by row, then pass
  nn::Var value;      // [N, 1] logit of winning; the value is 2 * sigmoid(logit) - 1
  nn::Var score;      // [N, 1] expected points ahead, in units of kScoreUnit points
  nn::Var ownership;  // [N, H*W] logits of owning the point at the end
};
inline constexpr float kScoreUnit = 10.0f;

class PolicyValueNet : public nn::Module {
 public:
  // Fresh weights: every policy uniform, every value, score and ownership 0.
  PolicyValueNet(const PolicyValueConfig& config, uint64_t seed);
  ~PolicyValueNet() override;

  // planes [N,H,W,planes]. Without ownership that output stays undefined and costs nothing.
  PolicyValueOutput forward(const nn::Var& planes, bool with_ownership = true);
  const PolicyValueConfig& config() const;

  // The inference graph for so many rows of a board of this size; outputs are policy, value, score
  // and, if asked, ownership. Leaves the module in its mode; not concurrent with training.
  nn::Graph graph(int height, int width, bool with_ownership, int rows = 1);

 private:
  struct Layers;
  PolicyValueConfig config_;
  std::unique_ptr<Layers> layers_;
};

// Config for a game: planes and pass from its spec.
PolicyValueConfig config_for(const envs::GameSpec& spec, PolicyValueConfig rest);

// Files. `extra` goes into the metadata (training steps, games, date); loading ignores it.
// Loading errors name the file and what is wrong, an architecture that does not fit included.
void save_net(const std::string& path, PolicyValueNet& net,
              const std::map<std::string, std::string>& extra = {});
std::unique_ptr<PolicyValueNet> load_net(const std::string& path);
// The network inside the program.
std::unique_ptr<PolicyValueNet> shipped_net();
inline constexpr const char* kShippedNetName = "the network inside the program";
// The metadata of a weights file; no path: of the network inside the program.
std::map<std::string, std::string> net_metadata(const std::string& path);

}  // namespace tengen::agents
