// Cases of ops_product.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen::nn {
void add_products(std::vector<OpCase>& cases) {
  const auto product = [&](int64_t m, int64_t k, int64_t n) {
    const std::string size = sizes_of({m, k, n});
    const auto oracle = [=](const Values& v) { return oracle_matmul(v[0], v[1], m, k, n); };
    const bool numeric = m * k + k * n < 1000;
    cases.push_back({"matmul" + size,
                     {{m, k}, {k, n}},
                     [](const Vars& v) { return matmul(v[0], v[1]); },
                     oracle,
                     100,
                     numeric});
    cases.push_back(
        {"linear" + size,
         {{m, k}, {k, n}, {n}},
         [](const Vars& v) { return linear(v[0], v[1], v[2]); },
         [=](const Values& v) { return oracle_broadcast('+', oracle(v), v[2], 1, m, n); },
         100,
         numeric});
  };
  product(1, 1, 1);
  product(3, 4, 5);
  product(1, 17, 9);
  product(13, 1, 6);
  product(67, 130, 71);
  product(1, 200, 82);
  product(130, 33, 1);
  cases.push_back({"linear_without_bias_of_images",
                   {{2, 2, 3, 4}, {4, 5}},
                   [](const Vars& v) { return linear(v[0], v[1], Var()); },
                   [](const Values& v) { return oracle_matmul(v[0], v[1], 12, 4, 5); }});
}

}  // namespace tengen::nn
