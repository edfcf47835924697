// The program itself: `tengen train tictactoe` is stopped, killed and started again.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "nn/base/rng.h"
#include "nn/io/atomic_file.h"
#include "selfplay/game_store.h"
#include "tests/selfplay/example_games.h"

namespace tengen::selfplay {
namespace {

using std::chrono::milliseconds;

// `tengen train ...` as a child; what it says on stderr goes to a file.
class Program {
 public:
  Program(const Folder& folder, std::vector<std::string> arguments, rlim_t largest_file = 0)
      : errors_(folder.path("stderr")) {
    arguments.insert(arguments.begin(), {TENGEN_PROGRAM, "train"});
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    process_ = fork();
    if (process_ != 0) return;
    const int out = open(errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(out, STDERR_FILENO);
    dup2(out, STDOUT_FILENO);
    if (largest_file > 0) {
      signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{largest_file, largest_file};
      setrlimit(RLIMIT_FSIZE, &limit);
    }
    execv(argv[0], argv.data());
    _exit(127);
  }
  ~Program() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    end();
  }

  void send(int signal_number) { kill(process_, signal_number); }
  // The exit status, or 128 + the signal that ended it.
  int end() {
    int status = 0;
    waitpid(process_, &status, 0);
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  std::string errors() const { return nn::read_file(errors_); }

 private:
  std::string errors_;
  pid_t process_ = 0;
};

std::vector<std::string> tiny_run(const std::string& run) {
  std::vector<std::string> arguments = {"tictactoe", "--run", run};
  for (const char* setting :
       {"net.blocks=1", "net.channels=8", "actor.games=16", "actor.full_visits=16",
        "actor.fast_visits=4", "trainer.batch=16", "loop.games_per_publication=40",
        "loop.games_per_shard=50", "loop.first_positions=100", "loop.measure_games=4"}) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  return arguments;
}

// The numbers of all finished games on disk.
std::vector<uint64_t> games_on_disk(const std::string& run) {
  std::vector<uint64_t> numbers;
  for (const GameRecord& record : GameStore(run + "/games", 1000000).newest(1000000000))
    numbers.push_back(record.number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

int64_t games_reported(const std::string& run) {
  std::istringstream lines(nn::read_file(run + "/metrics.jsonl"));
  int64_t games = 0;
  for (std::string line; std::getline(lines, line);) {
    if (lines.eof()) break;  // a torn last line
    games = nlohmann::json::parse(line).at("games").get<int64_t>();
  }
  return games;
}

TEST(TrainProgram, KilledAtAnyMomentItLosesNoFinishedGameAndGoesOn) {
  const Folder folder;
  const std::string run = folder.path("run");
  Rng rng(5);
  std::vector<uint64_t> before;
  for (int round = 0; round < 8; ++round) {
    Program program(folder, tiny_run(run));
    std::this_thread::sleep_for(milliseconds(200 + rng.below(900)));
    program.send(SIGKILL);
    EXPECT_EQ(program.end(), 128 + SIGKILL) << program.errors();
    if (!std::filesystem::exists(run + "/games")) continue;  // killed before it began
    const auto after = games_on_disk(run);
    EXPECT_EQ(std::adjacent_find(after.begin(), after.end()), after.end()) << "a game twice";
    EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
    EXPECT_GE(static_cast<int64_t>(after.size()), games_reported(run));
    before = after;
  }
  EXPECT_GT(before.size(), 100u);
}

TEST(TrainProgram, StopsOnASignalWithinSecondsAndLeavesEverythingBehind) {
  const Folder folder;
  const std::string run = folder.path("run");
  for (const int signal_number : {SIGINT, SIGTERM}) {
    Program program(folder, tiny_run(run));
    std::this_thread::sleep_for(milliseconds(1500));
    program.send(signal_number);
    EXPECT_EQ(program.end(), 0) << program.errors();
    for (const char* name :
         {"options.json", "metrics.jsonl", "checkpoint.safetensors", "nets/latest.safetensors"}) {
      if (std::string(name).starts_with("nets") && games_reported(run) < 5 * 40) continue;
      EXPECT_TRUE(std::filesystem::exists(run + "/" + name)) << name;
    }
  }
  EXPECT_GT(games_on_disk(run).size(), 100u);
}

TEST(TrainProgram, ASecondProcessInTheSameFolderIsRefused) {
  const Folder folder;
  Program first(folder, tiny_run(folder.path("run")));
  while (!std::filesystem::exists(folder.path("run/games")))
    std::this_thread::sleep_for(milliseconds(10));
  const Folder other;
  Program second(other, tiny_run(folder.path("run")));
  EXPECT_EQ(second.end(), 1);
  EXPECT_NE(second.errors().find("another process"), std::string::npos) << second.errors();
}

TEST(TrainProgram, AFullDiskStopsTheRunWithTheReasonAndRoomLetsItGoOn) {
  const Folder folder;
  const std::string run = folder.path("run");
  auto arguments = tiny_run(run);
  arguments.insert(arguments.end(), {"--set", "loop.games_per_shard=100000"});
  Program full(folder, arguments, 60000);  // bytes; the checkpoint or the journal will not fit
  EXPECT_EQ(full.end(), 1) << full.errors();
  EXPECT_NE(full.errors().find(run), std::string::npos) << full.errors();
  EXPECT_NE(full.errors().find("the same command goes on"), std::string::npos) << full.errors();
  const auto before = games_on_disk(run);
  EXPECT_GT(before.size(), 0u);
  arguments.insert(arguments.end(), {"--minutes", "0.03"});
  Program roomy(folder, arguments);
  EXPECT_EQ(roomy.end(), 0) << roomy.errors();
  const auto after = games_on_disk(run);
  EXPECT_GT(after.size(), before.size());
  EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
}

TEST(TrainProgram, UnknownOptionsAndPresetsAreErrors) {
  const Folder folder;
  Program option(folder, {"tictactoe", "--run", folder.path("run"), "--set", "trainer.btach=3"});
  EXPECT_EQ(option.end(), 1);
  EXPECT_NE(option.errors().find("trainer.batch"), std::string::npos) << option.errors();
  Program preset(folder, {"chess", "--run", folder.path("run")});
  EXPECT_EQ(preset.end(), 1);
  EXPECT_NE(preset.errors().find("go9"), std::string::npos) << preset.errors();
}

}  // namespace
}  // namespace tengen::selfplay
