// A GPU that is lost while a run plays and trains: the run ends with the reason, and goes on.
#include <gtest/gtest.h>

#include <thread>

#include "nn/base/check.h"
#include "nn/cuda/cuda_device.h"
#include "selfplay/loop.h"
#include "tests/cuda/emulation/runtime.h"
#include "tests/cuda/tiny_run.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::selfplay {
namespace {

TEST(LostDevice, ARunStopsWithTheReasonAndGoesOnWithItsGames) {
  const nn::ScratchFolder folder;
  const std::atomic<bool> stop{false};
  int64_t games = 0;
  {
    Loop loop(folder.path("run"), "tictactoe", kTinyRun, true, nn::cuda_device(0));
    loop.run(stop, 0.01);
    games = loop.games();
    ASSERT_GT(games, 0);
    std::thread fault([] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      emulation::faults().lost = cudaErrorIllegalAddress;
    });
    try {
      loop.run(stop, 1.0);
      ADD_FAILURE() << "went on without a device";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("cudaErrorIllegalAddress"), std::string::npos)
          << error.what();
    }
    fault.join();
    EXPECT_GE(loop.games(), games);
    games = loop.games();
  }
  emulation::faults() = {};
  Loop again(folder.path("run"), "tictactoe", kTinyRun, true);  // on the CPU
  EXPECT_EQ(again.games(), games);
  again.run(stop, 0.005);
  EXPECT_GE(again.games(), games);
}

}  // namespace
}  // namespace tengen::selfplay
