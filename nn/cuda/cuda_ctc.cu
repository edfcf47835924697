// CudaDevice: connectionist temporal classification, as nn/cpu/reference_ctc.cpp has it: places,
// forward and backward, logarithms in double.
//
// A block has a row and walks over its steps, its threads over the places. What the backward walk
// finds for a place stands where the forward walk's number was; a second kernel adds it up over
// the places of the same class, in their order.
#include <vector>

#include "nn/cuda/cuda_device.h"
#include "nn/cuda/kernel_queue.h"

namespace tengen::nn {
namespace {

// Rows of `width` places; what is beyond a row's own is not read.
struct CtcRows {
  int64_t steps, classes;
  int width;
  const int32_t* lengths;  // [rows]
  const int32_t* counts;   // [rows] of places
  const int32_t* places;   // [rows, width], the class of each
  const int32_t* next;     // [rows, width], the next place of the same class; -1: none
  const int32_t* leads;    // [rows, width], 1 at the first place of a class
};

__device__ inline double log_sum(double a, double b) {
  const double most = a < b ? b : a, least = a < b ? a : b;
  return most == -INFINITY ? most : most + log1p(exp(least - most));
}

// One row's lattice.
struct CtcRow {
  int steps, places;
  int64_t classes;
  int width;
  const int32_t* place;
  const float* log_probs;
  double* walk;  // [steps, width]

  __device__ double emission(int t, int s) const { return log_probs[t * classes + place[s]]; }
  __device__ double& at(int t, int s) const { return walk[int64_t{t} * width + s]; }
  // Odd places are labels.
  __device__ bool may_jump_to(int s) const { return s % 2 == 1 && place[s] != place[s - 2]; }

  __device__ void forward() const {
    for (int t = 0; t < steps; ++t) {
      for (int s = static_cast<int>(threadIdx.x); s < places; s += static_cast<int>(blockDim.x)) {
        double sum = -INFINITY;
        if (t == 0) {
          if (s <= 1) sum = 0.0;
        } else {
          sum = at(t - 1, s);
          if (s >= 1) sum = log_sum(sum, at(t - 1, s - 1));
          if (s >= 2 && may_jump_to(s)) sum = log_sum(sum, at(t - 1, s - 2));
        }
        at(t, s) = sum + emission(t, s);
      }
      __syncthreads();
    }
  }

  __device__ double log_probability() const {
    if (steps == 0) return places == 1 ? 0.0 : -INFINITY;
    const double last = at(steps - 1, places - 1);
    return places == 1 ? last : log_sum(last, at(steps - 1, places - 2));
  }

  // Leaves in walk the share of all alignments that stand on a place at a step. `now` and `later`
  // [width] are scratch: the walks that end from a place, without its emission.
  __device__ void backward(double total, double* now, double* later) const {
    for (int t = steps - 1; t >= 0; --t) {
      for (int s = static_cast<int>(threadIdx.x); s < places; s += static_cast<int>(blockDim.x)) {
        double sum = -INFINITY;
        if (t == steps - 1) {
          if (s >= places - 2) sum = 0.0;
        } else {
          sum = later[s] + emission(t + 1, s);
          if (s + 1 < places) sum = log_sum(sum, later[s + 1] + emission(t + 1, s + 1));
          if (s + 2 < places && may_jump_to(s + 2))
            sum = log_sum(sum, later[s + 2] + emission(t + 1, s + 2));
        }
        now[s] = sum;
        at(t, s) = exp(at(t, s) + sum - total);
      }
      __syncthreads();
      double* const other = now;
      now = later;
      later = other;
    }
  }
};

__global__ void ctc_kernel(CtcRows rows, int64_t count, const float* log_probs, double* walks,
                           double* ends, float* loss, bool wants_gradient) {
  for (int64_t row = blockIdx.x; row < count; row += gridDim.x) {
    const CtcRow lattice{rows.lengths[row],
                         rows.counts[row],
                         rows.classes,
                         rows.width,
                         rows.places + row * rows.width,
                         log_probs + row * rows.steps * rows.classes,
                         walks + row * rows.steps * rows.width};
    lattice.forward();
    const double total = lattice.log_probability();
    __syncthreads();  // the backward walk writes over what was read
    if (threadIdx.x == 0) loss[row] = static_cast<float>(-total);
    double* const scratch = ends + row * 2 * rows.width;
    if (wants_gradient && total != -INFINITY)
      lattice.backward(total, scratch, scratch + rows.width);
  }
}

// For every step of every row, a thread for each class that has a place there.
__global__ void ctc_gradient_kernel(CtcRows rows, int64_t n, const double* walks, const float* loss,
                                    float* gradient) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t at = i / rows.width, row = at / rows.steps;
    const int first = static_cast<int>(i - at * rows.width);
    const int32_t* const next = rows.next + row * rows.width;
    if (at - row * rows.steps >= rows.lengths[row] || first >= rows.counts[row] ||
        !rows.leads[row * rows.width + first] || loss[row] == INFINITY)
      continue;
    double share = 0.0;
    for (int s = first; s >= 0; s = next[s]) share += walks[at * rows.width + s];
    gradient[at * rows.classes + rows.places[row * rows.width + first]] =
        static_cast<float>(-share);
  }
}

// All that the kernels need to know of the labels, in one piece: lengths, counts, places, next and
// leads, as in CtcRows.
struct CtcTables {
  explicit CtcTables(const CtcShape& s) {
    int32_t most = 0;
    for (int64_t row = 0; row < s.rows; ++row) most = std::max(most, s.label_counts[row]);
    width = 2 * most + 1;
    numbers.assign(s.rows * (2 + 3 * width), 0);
    int32_t* const places = numbers.data() + 2 * s.rows;
    int32_t* const next = places + s.rows * width;
    int32_t* const leads = next + s.rows * width;
    std::vector<int32_t> latest(s.classes);  // the next place of each class, from behind
    const int32_t* labels = s.labels;
    for (int64_t row = 0; row < s.rows; labels += s.label_counts[row++]) {
      const int32_t count = 2 * s.label_counts[row] + 1;
      numbers[row] = s.lengths[row];
      numbers[s.rows + row] = count;
      std::fill(latest.begin(), latest.end(), -1);
      for (int32_t p = count; p-- > 0;) {
        const int64_t at = row * width + p;
        places[at] = p % 2 == 1 ? labels[p / 2] : s.blank;
        next[at] = latest[places[at]];
        leads[at] = 1;
        if (next[at] >= 0) leads[row * width + next[at]] = 0;
        latest[places[at]] = p;
      }
    }
  }
  int32_t width = 1;
  std::vector<int32_t> numbers;
};

CtcRows rows_of(const CtcShape& s, int width, const int32_t* numbers) {
  const int32_t* const places = numbers + 2 * s.rows;
  const int64_t size = s.rows * width;
  return {s.steps,          s.classes, width,         numbers,
          numbers + s.rows, places,    places + size, places + 2 * size};
}

}  // namespace

void CudaDevice::ctc(const CtcShape& s, const float* log_probs, float* loss, float* gradient) {
  const CtcTables tables(s);
  const int64_t bytes = static_cast<int64_t>(tables.numbers.size() * sizeof(int32_t));
  const auto numbers = memory_.allocate(bytes);
  copy_from_host(numbers.get(), tables.numbers.data(), bytes);
  const CtcRows rows = rows_of(s, tables.width, static_cast<const int32_t*>(numbers.get()));

  const int64_t cells = s.rows * s.steps * tables.width;
  const auto memory = memory_.allocate((cells + s.rows * 2 * tables.width) * sizeof(double));
  double* const walks = static_cast<double*>(memory.get());
  const int64_t threads = std::min<int64_t>(kBlockThreads, (tables.width + 31) / 32 * 32);
  launch_blocks(target_, s.rows, threads, ctc_kernel, rows, s.rows, log_probs, walks, walks + cells,
                loss, gradient != nullptr);
  if (!gradient) return;
  fill(s.rows * s.steps * s.classes, 0.0f, gradient);
  launch_over(target_, cells, ctc_gradient_kernel, rows, cells, walks, loss, gradient);
}

}  // namespace tengen::nn
