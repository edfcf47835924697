// The network and its search, thinking on a thread of their own: the window never waits for them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agents/mcts_agent.h"
#include "agents/policy_value_net.h"
#include "search/search.h"

namespace tengen::tools::view {

// How strong the engine plays, by what it may look at.
struct Level {
  std::string name;          // what it does, honestly
  int visits = 1;            // of its search; 1: the network's first impression
  float temperature = 0.0f;  // of the choice among the visited moves; 0: the best
};
const std::vector<Level>& levels();

// The network's first impression of a position, without any search; for the first player.
struct Impression {
  float value = 0.0f;  // in [-1, 1]
  float score = 0.0f;  // points
};

struct Chosen {
  envs::Action action = 0;
  Impression impression;
};

// What is known of a position so far.
struct Judgement {
  uint64_t position = 0;  // number that analyse() returned
  search::Report report;  // for the player to move
  double visits_per_s = 0.0;
  std::vector<float> policy;     // [actions], the network's, before any search
  std::vector<float> ownership;  // [points], +1 the first player's; empty for games without
};

class Engine {
 public:
  // `net`: a weights file; empty: the network inside the program. It is loaded at the first job.
  explicit Engine(std::string net, int most_visits = 100000);
  ~Engine();  // within a tenth of a second

  // Thinks about this position until another is given, `most_visits` are made, or rest().
  uint64_t analyse(const envs::State& position);
  // Judges many positions of one game at once, before what it is told next.
  void look_over(std::vector<std::unique_ptr<envs::State>> positions);
  // Chooses a move; chosen() hands it out once, with what the search thought of the position.
  void choose(const envs::State& position, const Level& level, uint64_t seed);
  void rest();

  std::optional<Judgement> judgement() const;  // the newest of the position under analysis
  std::vector<Impression> looked_over();       // once; empty: not yet
  std::optional<Chosen> chosen();
  std::string trouble() const;  // why it cannot think; empty: it can
  // Counts up whenever there is something new to show.
  uint64_t news() const { return news_; }

 private:
  struct Job;
  struct Brain;  // the network and evaluators, made on the thread
  void work();
  void analyse_until_told(Brain& brain, const Job& job);
  void choose_move(Brain& brain, const Job& job);
  void look_at_all(Brain& brain, std::vector<std::unique_ptr<envs::State>>& positions);
  void give(std::unique_ptr<Job> job);
  void publish(const Judgement& judgement);

  const std::string net_;
  const int most_visits_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable told_;
  std::unique_ptr<Job> job_;
  std::vector<std::unique_ptr<envs::State>> positions_to_look_over_;
  std::vector<Impression> impressions_;
  std::optional<Judgement> judgement_;
  std::optional<Chosen> chosen_;
  std::string trouble_;
  uint64_t positions_ = 0;
  bool ends_ = false;

  std::atomic<bool> stop_{false};  // the job under way
  std::atomic<uint64_t> news_{0};
  std::thread thread_;
};

}  // namespace tengen::tools::view
