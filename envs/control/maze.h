// A maze of square cells, drawn as text: the goal is to be reached from anywhere in few steps.
#pragma once

#include <string>
#include <vector>

#include "envs/environment.h"

namespace tengen::envs {

// '#' a wall, 'G' the goal, '.' free. The actions are up, right, down, left; who walks against a
// wall stays. Seen is one number a cell, 1 where one stands. A step costs 0.01, the goal is worth
// 1 and ends the episode; it is cut after max_steps. An episode begins at any free cell that has a
// way to the goal.
class Maze : public Environment {
 public:
  Maze();  // one of 9 x 13 cells
  // Lines of equal length with a wall all around and one goal; otherwise an Error says what is
  // wrong, with the line.
  explicit Maze(const std::string& map);

  int height() const { return height_; }
  int width() const { return static_cast<int>(cells_.size()) / height_; }
  char cell(int index) const { return cells_[index]; }  // index = row * width + column
  int place() const { return place_; }
  void begin_at(int cell);  // instead of reset()
  // Steps to the goal by the shortest way (breadth first); -1: there is none.
  int distance(int cell) const { return distances_[cell]; }
  // What the shortest way from there is worth.
  float best_return(int cell) const;

  const EnvironmentSpec& spec() const override { return spec_; }
  std::unique_ptr<Environment> clone() const override;
  void reset(Rng& rng) override;
  StepResult step(int action) override;
  void observe(float* out) const override;
  std::vector<float> state() const override;
  void set_state(const std::vector<float>& state) override;

 private:
  void read_map(const std::string& map);
  void measure_distances(int goal);
  int neighbour(int cell, int action) const;  // itself before a wall

  EnvironmentSpec spec_;
  std::string cells_;  // row after row
  int height_ = 0;
  std::vector<int> distances_;  // of every cell
  std::vector<int> starts_;
  int place_ = -1;
  int steps_ = 0;
  bool running_ = false;
};

}  // namespace tengen::envs
