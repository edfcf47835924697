// cuDNN on one device: its handle, and what was found out about plans there. Shared by all that
// convolve on the device.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "nn/cuda/cudnn_graph.h"
#include "nn/cuda/plan_choices.h"

namespace tengen::nn {

struct PlanSearch {
  std::string key;        // names what is computed, without the machine
  int most_tried = 8;     // plans of each graph; 1: the first that cuDNN names, untried
  int most_compiled = 2;  // of them, those whose kernel must be compiled
  size_t most_workspace = size_t{256} << 20;
};

struct SearchedGraph {
  CudnnGraph graph;
  bool tensor_core = true;  // plans may use it; they round float32 to TF32
};

// Whether a session takes plans of it.
bool is_wanted(const CudnnConfig& config, bool tensor_core);

// A plan for one of several graphs that compute the same.
struct ChosenPlan {
  size_t graph;
  CudnnPlan plan;
};

class CudnnSession {
 public:
  // That of the current device, made when nobody has it. An Error says where cuDNN was looked for.
  static std::shared_ptr<CudnnSession> of_current_device();
  ~CudnnSession();
  CudnnSession(const CudnnSession&) = delete;
  CudnnSession& operator=(const CudnnSession&) = delete;

  // The remembered plan, or the fastest of those that the heuristics propose: `run` queues what is
  // to be timed, which may be more than the plan. Plans whose results vary are not taken, nor those
  // that round more than the graph says. Nothing where cuDNN has no plan. Waits for the stream.
  using Run = std::function<void(const ChosenPlan&)>;
  std::optional<ChosenPlan> choose(const PlanSearch& search, std::span<SearchedGraph> graphs,
                                   const Run& run, cudaStream_t stream);

  // As CudnnPlan::run, on `stream`; from any thread.
  void run(const CudnnPlan& plan, const std::vector<int64_t>& numbers,
           const std::vector<void*>& pointers, void* workspace, cudaStream_t stream);

 private:
  CudnnSession();
  using Configs = std::vector<CudnnConfig>;
  std::vector<Configs> configs_of(std::span<SearchedGraph> graphs, cudnnBackendHeurMode_t mode);
  std::optional<ChosenPlan> find(const std::string& choice, const std::vector<Configs>& configs);
  std::optional<ChosenPlan> fastest(const PlanSearch& search, const std::vector<Configs>& configs,
                                    const Run& run, cudaStream_t stream);
  void try_plans(const PlanSearch& search, const Configs& configs,
                 const std::function<void(CudnnPlan)>& try_plan);

  cudnnHandle_t handle_ = nullptr;
  std::string machine_;  // "NVIDIA H200, cuDNN 91900"
  PlanChoices choices_;
  std::mutex mutex_;  // of the choices, and between a stream's setting and its use
};

}  // namespace tengen::nn
