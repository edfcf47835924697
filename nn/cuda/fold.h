// Sums and their like over an axis, by many threads in an order that only the sizes and the chip
// decide.
//
// A Fold says what is gathered:
//   struct Fold {
//     using State = ...;                                      // a plain struct
//     __device__ State empty() const;
//     __device__ Origin origin(int64_t q) const;              // where result q begins to read
//     __device__ void add(State&, Origin, int64_t a) const;   // element a of the axis
//     __device__ State merged(State, State) const;
//     __device__ void store(int64_t q, const State&) const;   // result q is done
//   };
// Each result has a team of threads, which share its axis and then merge pairwise in shared memory.
// Where there are too few results to fill the device, the axis is cut into stretches, whose states
// a second kernel merges.
#pragma once

#include <algorithm>
#include <bit>

#include "nn/cuda/device_memory.h"
#include "nn/cuda/kernel_queue.h"

namespace tengen::nn {

struct FoldShape {
  int64_t results = 0, axis = 0;
  // Neighbours along the axis are neighbours in memory, rather than neighbouring results.
  bool axis_is_dense = false;
};

// How a block divides its threads: `width` results with `team` threads each, powers of two.
struct FoldTeams {
  int width = 1, team = 1;
  int64_t stretches = 1, stretch = 0;  // of the axis, and how long one is
};

template <class Fold>
__global__ void fold_kernel(FoldShape shape, FoldTeams teams, Fold fold) {
  using State = typename Fold::State;
  __shared__ State states[kBlockThreads];
  const int thread = static_cast<int>(threadIdx.x);
  // The place of this thread's state: that of its result, then its number in the team.
  const int result = shape.axis_is_dense ? thread / teams.team : thread % teams.width;
  const int member = shape.axis_is_dense ? thread % teams.team : thread / teams.width;
  const int mine = result * teams.team + member;
  const int64_t tiles = (shape.results + teams.width - 1) / teams.width;
  for (int64_t tile = blockIdx.x; tile < tiles * teams.stretches; tile += gridDim.x) {
    const int64_t q = tile % tiles * teams.width + result, part = tile / tiles;
    State state = fold.empty();
    if (q < shape.results) {
      const int64_t end = min((part + 1) * teams.stretch, shape.axis);
      const auto origin = fold.origin(q);
      for (int64_t a = part * teams.stretch + member; a < end; a += teams.team)
        fold.add(state, origin, a);
    }
    states[mine] = state;
    for (int half = teams.team / 2; half > 0; half /= 2) {
      __syncthreads();
      if (member < half) states[mine] = fold.merged(states[mine], states[mine + half]);
    }
    if (member == 0 && q < shape.results) fold.store(q * teams.stretches + part, states[mine]);
    __syncthreads();  // states are written again
  }
}

// The first of two kernels, and the second.
template <class Fold>
struct StoreParts : Fold {
  explicit StoreParts(const Fold& fold) : Fold(fold) {}
  typename Fold::State* parts = nullptr;  // [results, stretches]
  __device__ void store(int64_t q, const typename Fold::State& state) const { parts[q] = state; }
};
template <class Fold>
struct MergeParts : Fold {
  explicit MergeParts(const Fold& fold) : Fold(fold) {}
  const typename Fold::State* parts = nullptr;
  int64_t stretches = 0;
  __device__ int64_t origin(int64_t q) const { return q * stretches; }
  __device__ void add(typename Fold::State& state, int64_t origin, int64_t a) const {
    state = Fold::merged(state, parts[origin + a]);
  }
};

inline int power_of_two_from(int64_t x, int most) {
  return static_cast<int>(
      std::min<uint64_t>(std::bit_ceil(static_cast<uint64_t>(std::max<int64_t>(x, 1))), most));
}

// Long axes are cut where results alone would leave processors idle.
inline FoldTeams fold_teams(const FoldShape& shape, int processors) {
  constexpr int kAdditions = 16;  // a thread's share of a stretch, at least
  FoldTeams teams;
  if (shape.axis_is_dense) {
    teams.team = power_of_two_from((shape.axis + 3) / 4, kBlockThreads);
    teams.width = power_of_two_from(shape.results, std::max(1, kBlockThreads / teams.team));
  } else {
    teams.width = power_of_two_from(shape.results, 32);
    teams.team = power_of_two_from((shape.axis + 3) / 4, kBlockThreads / teams.width);
  }
  const int64_t tiles = (shape.results + teams.width - 1) / teams.width;
  const int64_t wanted = (int64_t{processors} * kBlocksAProcessor + tiles - 1) / tiles;
  const int64_t most = shape.axis / (int64_t{teams.team} * kAdditions);
  teams.stretches = std::max<int64_t>(1, std::min(wanted, most));
  teams.stretch = (shape.axis + teams.stretches - 1) / teams.stretches;
  return teams;
}

template <class Fold>
void launch_fold(const KernelTarget& target, const FoldShape& shape, const FoldTeams& teams,
                 const Fold& fold) {
  const int64_t tiles = (shape.results + teams.width - 1) / teams.width;
  launch_blocks(target, tiles * teams.stretches, teams.width * teams.team, fold_kernel<Fold>, shape,
                teams, fold);
}

template <class Fold>
void fold_axis(const KernelTarget& target, DeviceMemory& memory, const FoldShape& shape,
               const Fold& fold) {
  if (shape.results <= 0) return;
  const FoldTeams teams = fold_teams(shape, target.processors);
  if (teams.stretches == 1) {
    launch_fold(target, shape, teams, fold);
    return;
  }
  const auto parts =
      memory.allocate(shape.results * teams.stretches * sizeof(typename Fold::State));
  StoreParts<Fold> first(fold);
  MergeParts<Fold> second(fold);
  second.parts = first.parts = static_cast<typename Fold::State*>(parts.get());
  second.stretches = teams.stretches;
  launch_fold(target, shape, teams, first);
  const FoldShape rest{shape.results, teams.stretches, true};
  FoldTeams together = fold_teams(rest, target.processors);
  together.stretches = 1;
  together.stretch = rest.axis;
  launch_fold(target, rest, together, second);
}

}  // namespace tengen::nn
