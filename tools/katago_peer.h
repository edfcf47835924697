// KataGo itself (github.com/lightvector/KataGo), measured beside: how many positions a second it
// evaluates with its network while it searches the positions of its own benchmark. Eight searching
// threads a core keep its batches and all cores filled; with more it is not faster.
#pragma once

#include <filesystem>
#include <string>

namespace tengen::tools {

class KatagoPeer {
 public:
  KatagoPeer(const std::string& program, const std::string& net, int board_size, int cores);
  ~KatagoPeer();
  KatagoPeer(const KatagoPeer&) = delete;
  KatagoPeer& operator=(const KatagoPeer&) = delete;

  // Over about so many seconds, a second at least, and what it takes to start the program.
  double evaluations_per_second(double seconds);

 private:
  double measured(int64_t visits) const;

  const std::string program_, net_;
  const int board_size_, cores_;
  std::filesystem::path folder_;  // of its configuration
  double rate_ = 0;               // as last measured
};

}  // namespace tengen::tools
