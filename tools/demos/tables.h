// Tables of numbers to draw lines through: made here or from a CSV file, dealt into training and
// test.
#pragma once

#include <string>
#include <vector>

#include "nn/tensor.h"

namespace tengen::tools {

struct Table {
  std::string source;                 // what it is and where it came from, to be told
  std::vector<std::string> features;  // the columns' names
  std::string target;
  nn::Tensor x = {}, y = {};            // [rows,features], [rows,1]: to learn from
  nn::Tensor test_x = {}, test_y = {};  // kept apart
};

// A wave with noise of deviation 0.3 (Bishop 2006, section 1.1): 20 points to learn from, 400 test.
Table noisy_wave(uint64_t seed);
// Two clouds of points in the plane that overlap, classes 0 and 1: 200 and 400 points.
Table two_clouds(uint64_t seed);

// A CSV file whose last column is the target; every third row, drawn by `seed`, tests. `binary`:
// the target must be 0 or 1. Error names file, line and column, or says that there are too few.
Table read_table(const std::string& path, bool binary, uint64_t seed);

// Column `column` of x [rows,columns].
std::vector<double> column_of(const nn::Tensor& x, int64_t column = 0);

// Every column less its mean and divided by its deviation, both being those of `of`.
nn::Tensor standardized(const nn::Tensor& x, const nn::Tensor& of);
// x [rows,1] -> its powers [rows,degree] from the first on, x being brought to [-1, 1] by the least
// and greatest number of `of`.
nn::Tensor powers(const nn::Tensor& x, const nn::Tensor& of, int64_t degree);

}  // namespace tengen::tools
