#include "envs/symmetry.h"

#include <utility>

namespace tengen::envs {

std::vector<std::vector<Action>> square_symmetries(int size, bool pass) {
  std::vector<std::vector<Action>> tables(8);
  for (int s = 0; s < 8; ++s) {
    std::vector<Action>& table = tables[static_cast<size_t>(s)];
    for (int row = 0; row < size; ++row) {
      for (int column = 0; column < size; ++column) {
        int r = s & 2 ? size - 1 - row : row;
        int c = s & 1 ? size - 1 - column : column;
        if (s & 4) std::swap(r, c);
        table.push_back(r * size + c);
      }
    }
    if (pass) table.push_back(size * size);
  }
  return tables;
}

}  // namespace tengen::envs
