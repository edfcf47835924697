#include "envs/control/maze.h"

#include <algorithm>
#include <deque>
#include <sstream>

#include "nn/base/check.h"

namespace tengen::envs {
namespace {

constexpr const char* kMap =
    "#############\n"
    "#.....#.....#\n"
    "#.###.#.###.#\n"
    "#.#...#.#.#.#\n"
    "#.#.###.#.#.#\n"
    "#.#.....#...#\n"
    "#.#####.###.#\n"
    "#.......#G..#\n"
    "#############\n";

constexpr float kStepReward = -0.01f, kGoalReward = 1.0f;
constexpr int kMaxSteps = 100;

}  // namespace

Maze::Maze() : Maze(kMap) {}

Maze::Maze(const std::string& map) {
  read_map(map);
  spec_.name = "maze";
  spec_.actions = {"up", "right", "down", "left"};
  spec_.max_steps = kMaxSteps;
  for (size_t cell = 0; cell < cells_.size(); ++cell)
    spec_.observations.push_back("row " + std::to_string(cell / width()) + " column " +
                                 std::to_string(cell % width()));
  measure_distances(static_cast<int>(cells_.find('G')));
  for (size_t cell = 0; cell < cells_.size(); ++cell)
    if (distances_[cell] > 0) starts_.push_back(static_cast<int>(cell));
  if (starts_.empty()) throw Error("maze: no free cell has a way to the goal");
}

void Maze::read_map(const std::string& map) {
  std::istringstream lines(map);
  size_t width = 0;
  for (std::string line; std::getline(lines, line);) {
    ++height_;
    const std::string place = "maze: line " + std::to_string(height_);
    if (height_ == 1) width = line.size();
    if (line.size() != width || width < 3)
      throw Error(
          place + ": has " + std::to_string(line.size()) + " cells; " +
          (height_ == 1 ? "3 at least are needed" : "the first has " + std::to_string(width)));
    const size_t other = line.find_first_not_of("#.G");
    if (other != std::string::npos)
      throw Error(place + ": '" + line[other] + "' is neither # nor . nor G");
    if (line.front() != '#' || line.back() != '#')
      throw Error(place + ": begins or ends without a wall");
    cells_ += line;
  }
  const auto is_wall = [](char cell) { return cell == '#'; };
  if (height_ < 3 ||
      !std::all_of(cells_.begin(), cells_.begin() + static_cast<int>(width), is_wall) ||
      !std::all_of(cells_.end() - static_cast<int>(width), cells_.end(), is_wall))
    throw Error("maze: the first and the last line must be walls");
  const auto goals = std::count(cells_.begin(), cells_.end(), 'G');
  if (goals != 1) throw Error("maze: one G is needed, not " + std::to_string(goals));
}

void Maze::measure_distances(int goal) {
  distances_.assign(cells_.size(), -1);
  distances_[goal] = 0;
  for (std::deque<int> reached{goal}; !reached.empty(); reached.pop_front()) {
    for (int action = 0; action < 4; ++action) {
      const int next = neighbour(reached.front(), action);
      if (distances_[next] >= 0) continue;
      distances_[next] = distances_[reached.front()] + 1;
      reached.push_back(next);
    }
  }
}

int Maze::neighbour(int cell, int action) const {
  const int offsets[] = {-width(), 1, width(), -1};
  const int next = cell + offsets[action];
  return cells_[next] == '#' ? cell : next;
}

void Maze::begin_at(int cell) {
  CHECK(0 <= cell);
  CHECK(cell < static_cast<int>(cells_.size()));
  CHECK(distances_[cell] > 0);
  place_ = cell;
  steps_ = 0;
  running_ = true;
}

float Maze::best_return(int cell) const {
  return kGoalReward + kStepReward * static_cast<float>(distances_[cell]);
}

std::unique_ptr<Environment> Maze::clone() const { return std::make_unique<Maze>(*this); }

void Maze::reset(Rng& rng) { begin_at(starts_[rng.below(static_cast<uint32_t>(starts_.size()))]); }

StepResult Maze::step(int action) {
  CHECK(running_);
  CHECK(0 <= action);
  CHECK(action < 4);
  place_ = neighbour(place_, action);
  ++steps_;
  StepResult result{.reward = kStepReward};
  result.ended = cells_[place_] == 'G';
  if (result.ended) result.reward += kGoalReward;
  result.cut = !result.ended && steps_ >= kMaxSteps;
  running_ = !result.over();
  return result;
}

void Maze::observe(float* out) const {
  std::fill_n(out, cells_.size(), 0.0f);
  if (place_ >= 0) out[place_] = 1.0f;
}

std::vector<float> Maze::state() const {
  return {static_cast<float>(place_), static_cast<float>(steps_), running_ ? 1.0f : 0.0f};
}

void Maze::set_state(const std::vector<float>& state) {
  CHECK(state.size() == 3);
  place_ = static_cast<int>(state[0]);
  steps_ = static_cast<int>(state[1]);
  running_ = state[2] != 0.0f;
}

}  // namespace tengen::envs
