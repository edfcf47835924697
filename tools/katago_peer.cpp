#include "tools/katago_peer.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "nn/base/check.h"
#include "tools/run_program.h"

namespace tengen::tools {
namespace {

constexpr int kPositions = 5;
constexpr int kThreadsPerCore = 8;
constexpr int64_t kFirstVisits = 40;  // of each position, to learn how fast it is
constexpr const char* kConfig =
    "logToStderr = false\n"
    "logAllGTPCommunication = false\n"
    "logSearchInfo = false\n"
    "rules = tromp-taylor\n"
    "numSearchThreads = 2\n";  // --threads of its benchmark has the last word

}  // namespace

KatagoPeer::KatagoPeer(const std::string& program, const std::string& net, int board_size,
                       int cores)
    : program_(program), net_(net), board_size_(board_size), cores_(cores) {
  std::string folder = (std::filesystem::temp_directory_path() / "tengen_peer_").string();
  folder.append(6, 'X');  // the letters that mkdtemp replaces
  if (!::mkdtemp(folder.data())) throw Error(folder + ": cannot make a folder for the peer's file");
  folder_ = folder;
  std::ofstream(folder_ / "benchmark.cfg") << kConfig;
}

KatagoPeer::~KatagoPeer() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

double KatagoPeer::evaluations_per_second(double seconds) {
  if (rate_ == 0) rate_ = measured(kFirstVisits);
  const double wanted = rate_ * std::max(1.0, seconds) / kPositions;
  rate_ = measured(std::max(kFirstVisits, static_cast<int64_t>(wanted)));
  return rate_;
}

double KatagoPeer::measured(int64_t visits) const {
  const std::string output =
      run_program({program_, "benchmark", "-model", net_, "-config",
                   (folder_ / "benchmark.cfg").string(), "-boardsize", std::to_string(board_size_),
                   "-threads", std::to_string(kThreadsPerCore * cores_), "-visits",
                   std::to_string(visits), "-numpositions", std::to_string(kPositions)},
                  cores_);
  constexpr std::string_view kMark = "nnEvals/s = ";
  const size_t at = output.rfind(kMark);
  const double rate = at == std::string::npos ? 0 : std::atof(&output[at + kMark.size()]);
  if (!(rate > 0))
    throw Error(program_ + ": its benchmark tells no evaluations a second; is it KataGo?");
  return rate;
}

}  // namespace tengen::tools
