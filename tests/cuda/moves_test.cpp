// What moves elements on the GPU, pooling, sequences, and copies from and to the host.
#include <cmath>
#include <numeric>

#include "tests/cuda/kernels_beside_reference.h"

namespace tengen::nn {
namespace {

TEST_F(GpuKernels, BlocksEqualReference) {
  struct Case {
    int64_t blocks, size, from_step, to_step;
  };
  for (const Case& c : {Case{1, 1000, 0, 0}, Case{10, 8, 8, 8}, Case{10, 8, 12, 16},
                        Case{10, 8, 9, 8}, Case{7, 3, 5, 4}, Case{0, 3, 5, 4}}) {
    const auto x = random_floats(1000, 1);
    compare(1000, 0, [&](Device& d, ArraysOn& on, float* out) {
      d.copy_blocks(c.blocks, c.size, on(x), c.from_step, out, c.to_step);
    });
    compare(1000, 0, [&](Device& d, ArraysOn& on, float* out) {
      d.add_blocks(c.blocks, c.size, on(x), c.from_step, out, c.to_step);
    });
  }
}

TEST_F(GpuKernels, PermutationsEqualReference) {
  struct Case {
    std::vector<int64_t> dims;
    std::vector<int> axes;
  };
  for (const Case& c :
       {Case{{100, 70}, {1, 0}}, Case{{3, 33, 65}, {0, 2, 1}}, Case{{5, 6, 7}, {2, 0, 1}},
        Case{{2, 3, 4, 5}, {0, 2, 1, 3}}, Case{{2, 3, 4, 5}, {3, 2, 1, 0}},
        Case{{4, 1, 6, 1}, {3, 2, 1, 0}}, Case{{2, 2, 2, 2, 3, 2}, {5, 0, 3, 1, 4, 2}},
        Case{{7}, {0}}, Case{{0, 3}, {1, 0}}}) {
    const int64_t size =
        std::accumulate(c.dims.begin(), c.dims.end(), int64_t{1}, std::multiplies<int64_t>());
    const auto x = random_floats(size, 1);
    compare(size, 0, [&](Device& d, ArraysOn& on, float* out) {
      d.permute(static_cast<int>(c.dims.size()), c.dims.data(), c.axes.data(), on(x), out);
    });
  }
}

// Sums of equal indices in the order of the indices: to the bit.
TEST_F(GpuKernels, GathersEqualReference) {
  struct Case {
    int64_t outer, axis, inner, count;
  };
  for (const Case& c :
       {Case{1, 10, 8, 700}, Case{3, 7, 5, 40}, Case{2, 300, 1, 20}, Case{1, 4, 12, 0}}) {
    Rng rng(3);
    std::vector<int32_t> index(static_cast<size_t>(c.count));
    for (int32_t& i : index) i = static_cast<int32_t>(rng.below(static_cast<uint32_t>(c.axis)));
    const auto x = random_floats(c.outer * c.axis * c.inner, 1);
    const auto dy = random_floats(c.outer * c.count * c.inner, 2);
    compare(c.outer * c.count * c.inner, 0, [&](Device& d, ArraysOn& on, float* out) {
      d.gather(c.outer, c.axis, c.inner, c.count, on.ints(index), on(x), out);
    });
    compare(c.outer * c.axis * c.inner, 0, [&](Device& d, ArraysOn& on, float* out) {
      d.gather_grad(c.outer, c.axis, c.inner, c.count, on.ints(index), on(dy), out);
    });
  }
}

TEST_F(GpuKernels, TheFirstThatIsNoIndexIsFound) {
  Device& gpu = device_under_test();
  for (const float wrong : {-1.0f, 0.5f, 100.0f, NAN, INFINITY}) {
    std::vector<float> x(5000, 7.0f);
    x[99] = 0.0f;
    ArraysOn on(gpu, 0);
    int32_t* const index = on.ints(std::vector<int32_t>(x.size()));
    EXPECT_EQ(gpu.to_indices(5000, 100, on(x), index), 5000);
    x[4000] = x[1234] = x[4999] = wrong;
    EXPECT_EQ(gpu.to_indices(5000, 100, on(x), index), 1234) << wrong;
    std::vector<int32_t> read(1234);
    gpu.copy_to_host(read.data(), index, read.size() * sizeof(int32_t));
    EXPECT_EQ(read[98], 7);
    EXPECT_EQ(read[99], 0);
  }
  EXPECT_EQ(gpu.to_indices(0, 100, nullptr, nullptr), 0);
}

TEST_F(GpuKernels, PoolingEqualsReference) {
  for (const int64_t channels : {3, 8})
    for (const Pool2dShape& s :
         {Pool2dShape{2, 9, 9, channels}, Pool2dShape{2, 8, 7, channels, 3, 2, 1},
          Pool2dShape{1, 6, 10, channels, {3, 2}, {1, 3}, {1, 0}, true}}) {
      const int64_t in = s.n * s.height * s.width * channels;
      const int64_t out = s.n * s.out_height() * s.out_width() * channels;
      auto x = random_floats(in, 1);
      for (float& value : x) value = std::round(2.0f * value);  // many equals
      const auto dy = random_floats(out, 2);
      compare(in, 1e-6, [&](Device& d, ArraysOn& on, float* dx) {
        int32_t* const tap = on.ints(std::vector<int32_t>(static_cast<size_t>(out)));
        d.max_pool(s, on(x), on(dy), tap);
        d.max_pool_grad(s, on(dy), tap, dx);
      });
      compare(out, 1e-6, [&](Device& d, ArraysOn& on, float* y) { d.average_pool(s, on(x), y); });
      compare(in, 1e-6,
              [&](Device& d, ArraysOn& on, float* dx) { d.average_pool_grad(s, on(dy), dx); });
    }
}

TEST_F(GpuKernels, WhatIsNoNumberWinsInPooling) {
  const Pool2dShape s{1, 2, 4, 1};
  const std::vector<float> x{1, 2, NAN, 8, 3, NAN, 5, 6};
  const auto y = result_on(device_under_test(), 2, 0, [&](Device& d, ArraysOn& on, float* out) {
    d.max_pool(s, on(x), out, on.ints({0, 0}));
  });
  EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[1]));
}

// Value, gradients of everything, with several rows' lengths, at sizes of more than one block.
TEST_F(GpuKernels, RecurrentLayersEqualReference) {
  const std::vector<int32_t> lengths{9, 4, 0, 7, 9};
  for (const Recurrence kind :
       {Recurrence::kRnnTanh, Recurrence::kRnnRelu, Recurrence::kLstm, Recurrence::kGru}) {
    SCOPED_TRACE(static_cast<int>(kind));
    const RecurrentShape s{.kind = kind,
                           .rows = 5,
                           .steps = 9,
                           .in = 20,
                           .hidden = 70,
                           .reverse = kind != Recurrence::kLstm,
                           .lengths = lengths.data()};
    const int64_t columns = s.gates() * s.hidden, state = s.rows * s.hidden;
    const int64_t y_size = s.steps * state, dx_size = s.rows * s.steps * s.in;
    const auto small = [](int64_t n, uint64_t stream) {
      auto x = random_floats(n, stream);
      for (float& value : x) value *= 0.2f;
      return x;
    };
    const int64_t weights = (s.in + s.hidden) * columns + s.bias_gates() * s.hidden;
    const int64_t size = y_size + 2 * state + dx_size + 2 * state + weights;
    compare(size, 2e-5, [&](Device& d, ArraysOn& on, float* out) {
      const bool lstm = kind == Recurrence::kLstm;
      const RecurrentInputs in{on(random_floats(dx_size, 1)),
                               on(small(s.in * columns, 2)),
                               on(small(s.hidden * columns, 3)),
                               on(small(s.bias_gates() * s.hidden, 4)),
                               on(small(state, 5)),
                               lstm ? on(small(state, 6)) : nullptr};
      d.fill(size, 0.0f, out);
      float* const saved = on(random_floats(d.recurrent_saved(s), 7));
      float *const y = out, *const h = y + y_size, *const dx = h + 2 * state;
      float *const dh0 = dx + dx_size, *const dw = dh0 + 2 * state;
      float *const du = dw + s.in * columns, *const db = du + s.hidden * columns;
      d.recurrent(s, in, {y, h, lstm ? h + state : nullptr, saved});
      d.recurrent_grad(
          s, in, y, saved,
          {on(random_floats(y_size, 8)), on(small(state, 9)), lstm ? on(small(state, 10)) : nullptr,
           dx, dh0, lstm ? dh0 + state : nullptr, dw, du, db});
    });
  }
}

// One row of more places than a block has threads, an impossible one, an empty one, and labels
// that return.
TEST_F(GpuKernels, CtcEqualsReference) {
  const std::vector<int32_t> lengths{290, 3, 5, 20}, counts{140, 4, 0, 6};
  std::vector<int32_t> labels(140 + 4);
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = 1 + static_cast<int32_t>(i * i % 7);
  labels.insert(labels.end(), {1, 1, 2, 1, 2, 2});
  const CtcShape s{.rows = 4,
                   .steps = 290,
                   .classes = 9,
                   .blank = 0,
                   .lengths = lengths.data(),
                   .labels = labels.data(),
                   .label_counts = counts.data()};
  const int64_t size = s.rows * s.steps * s.classes;
  std::vector<float> log_probs(static_cast<size_t>(size));
  const auto x = random_floats(size, 1);
  reference_device().log_softmax(s.rows * s.steps, s.classes, x.data(), log_probs.data());
  compare(size + 3, 1e-5, [&](Device& d, ArraysOn& on, float* gradient) {
    float* const loss = on(std::vector<float>(4));
    d.ctc(s, on(log_probs), loss, gradient);
    d.copy_blocks(1, 1, loss, 1, gradient + size, 1);
    d.copy_blocks(1, 2, loss + 2, 2, gradient + size + 1, 2);
  });
  const auto losses = result_on(device_under_test(), 4, 0, [&](Device& d, ArraysOn& on, float* y) {
    d.ctc(s, on(log_probs), y, nullptr);
  });
  EXPECT_EQ(losses[1], INFINITY);
}

TEST_F(GpuKernels, CopiesFromTheHostTakeWhatStandsThereAtTheCall) {
  CudaDevice& gpu = device_under_test();
  const size_t n = 5'000'000;  // several stages of page-locked memory
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 0.0f);
  Tensor big = Tensor::uninitialized({static_cast<int64_t>(n)}, gpu);
  gpu.copy_from_host(big.data(), values.data(), n * sizeof(float));
  std::fill(values.begin(), values.end(), -1.0f);
  std::vector<Tensor> small;
  for (int i = 0; i < 100; ++i)
    small.emplace_back(Shape{3}, std::vector<float>(3, static_cast<float>(i)), gpu);
  gpu.copy_to_host(values.data(), big.data(), n * sizeof(float));
  for (size_t i = 0; i < n; i += 4999) ASSERT_EQ(values[i], static_cast<float>(i));
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(small[i].to_vector(), std::vector<float>(3, static_cast<float>(i)));
}

}  // namespace
}  // namespace tengen::nn
