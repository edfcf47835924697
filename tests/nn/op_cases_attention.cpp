// Cases of ops_attention.cpp.
#include "tests/nn/op_cases.h"

#include <algorithm>
#include <cmath>

namespace tengen::nn {
namespace {

// [batch,rows,columns] -> [batch,columns,rows]
Doubles turned(const Doubles& x, int64_t batch, int64_t rows, int64_t columns) {
  Doubles y(x.size());
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c)
        y[(b * columns + c) * rows + r] = x[(b * rows + r) * columns + c];
  return y;
}

Doubles product_of_batches(const Doubles& a, const Doubles& b, int64_t batch, int64_t m, int64_t k,
                           int64_t n) {
  Doubles c;
  for (int64_t i = 0; i < batch; ++i) {
    const Doubles left(a.begin() + i * m * k, a.begin() + (i + 1) * m * k);
    const Doubles right(b.begin() + i * k * n, b.begin() + (i + 1) * k * n);
    for (double value : oracle_matmul(left, right, m, k, n)) c.push_back(value);
  }
  return c;
}

// exp(x) over its sum over the keys that sees(batch, query, key) lets through.
template <class Sees>
Doubles oracle_softmax(const Doubles& x, int64_t queries, int64_t keys, Sees sees) {
  Doubles y(x.size());
  for (int64_t row = 0; row < static_cast<int64_t>(x.size()) / keys; ++row) {
    double sum = 0.0;
    for (int64_t k = 0; k < keys; ++k)
      if (sees(row / queries, row % queries, k)) sum += std::exp(x[row * keys + k]);
    for (int64_t k = 0; k < keys; ++k)
      if (sees(row / queries, row % queries, k))
        y[row * keys + k] = std::exp(x[row * keys + k]) / sum;
  }
  return y;
}

void add_batch_products(std::vector<OpCase>& cases) {
  const auto product = [&](int64_t batch, int64_t m, int64_t k, int64_t n) {
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        cases.push_back(
            {"batch_matmul" + sizes_of({batch, m, k, n}) + (ta ? "_a" : "") + (tb ? "_b" : ""),
             {ta ? Shape{batch, k, m} : Shape{batch, m, k},
              tb ? Shape{batch, n, k} : Shape{batch, k, n}},
             [=](const Vars& v) {
               return batch_matmul(v[0], v[1], {ta, tb});
             },
             [=](const Values& v) {
               return product_of_batches(ta ? turned(v[0], batch, k, m) : v[0],
                                         tb ? turned(v[1], batch, n, k) : v[1], batch, m, k, n);
             },
             100,
             batch * m * k * n < 1000});
  };
  product(2, 3, 4, 2);
  product(3, 1, 5, 1);
  product(7, 33, 40, 18);
}

struct Masked {
  const char* name;
  bool causal;
  std::vector<float> lengths;  // of two sequences
};

void add_masked(std::vector<OpCase>& cases, const Masked& masked, int64_t batch, int64_t queries,
                int64_t keys, int64_t depth) {
  const auto mask_on = [=](Device& device) {
    AttentionMask mask{.causal = masked.causal};
    if (!masked.lengths.empty()) mask.lengths = Var(Tensor({2}, masked.lengths, device));
    return mask;
  };
  const auto sees = [=](int64_t entry, int64_t query, int64_t key) {
    return (!masked.causal || key <= query + keys - queries) &&
           (masked.lengths.empty() ||
            key < static_cast<int64_t>(masked.lengths[entry / (batch / 2)]));
  };
  const std::string size = sizes_of({batch, queries, keys, depth});
  const bool numeric = batch * queries * keys < 200;
  cases.push_back(
      {std::string("masked_softmax_") + masked.name + size,
       {{batch, queries, keys}},
       [=](const Vars& v) { return masked_softmax(v[0], mask_on(v[0].value().device())); },
       [=](const Values& v) { return oracle_softmax(v[0], queries, keys, sees); },
       100,
       numeric});
  cases.push_back({std::string("attention_") + masked.name + size,
                   {{batch, queries, depth}, {batch, keys, depth}, {batch, keys, 3}},
                   [=](const Vars& v) {
                     return scaled_dot_product_attention(v[0], v[1], v[2],
                                                         mask_on(v[0].value().device()));
                   },
                   [=](const Values& v) {
                     Doubles scores = product_of_batches(v[0], turned(v[1], batch, keys, depth),
                                                         batch, queries, depth, keys);
                     for (double& score : scores) score /= std::sqrt(static_cast<double>(depth));
                     return product_of_batches(oracle_softmax(scores, queries, keys, sees), v[2],
                                               batch, queries, keys, 3);
                   },
                   100,
                   numeric});
}

}  // namespace

void add_attention(std::vector<OpCase>& cases) {
  add_batch_products(cases);
  for (const Shape& shape : {Shape{3, 5}, Shape{2, 1}, Shape{2, 3, 4}, Shape{50, 82}, Shape{7}})
    cases.push_back({"softmax" + sizes_of(shape),
                     {shape},
                     [](const Vars& v) { return softmax(v[0]); },
                     [=](const Values& v) {
                       return oracle_softmax(v[0], 1, shape[-1],
                                             [](int64_t, int64_t, int64_t) { return true; });
                     },
                     100,
                     shape.size() < 100});
  for (const Masked& masked :
       {Masked{"open", false, {}}, Masked{"causal", true, {}}, Masked{"lengths", false, {2, 3}},
        Masked{"both", true, {3, 1}}, Masked{"nothing_seen", false, {0, 2}}}) {
    add_masked(cases, masked, 2, 3, 3, 4);
    add_masked(cases, masked, 4, 2, 3, 2);
    add_masked(cases, masked, 6, 20, 33, 16);
  }
}

}  // namespace tengen::nn
