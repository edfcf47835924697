// `tengen bench eval --device cuda:N`: how fast a GPU judges positions.
#pragma once

#include <vector>

#include "nn/device.h"
#include "tools/eval_subject.h"
#include "tools/figure.h"

namespace tengen::tools {

struct GpuEvalOptions {
  std::vector<int> sizes{9, 19};
  std::vector<int> rows{64, 256, 1024};  // of a batch
  double seconds = 1.0;                  // of each figure
};

// Of each board and batch: evaluations a second on the device alone (numbers lie there already),
// from planes to policies in host memory with several batches under way, the share of the first
// that the second is, and the arithmetic as a share of what the chip can do.
void bench_eval_on_gpu(const EvalNet& net, nn::Device& device, const GpuEvalOptions& options,
                       Figures& figures);

}  // namespace tengen::tools
