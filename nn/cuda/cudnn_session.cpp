#include "nn/cuda/cudnn_session.h"

#include <limits>
#include <map>

#include "nn/cuda/handles.h"

namespace tengen::nn {
namespace {

constexpr int kTimedRuns = 3;

std::string describe_machine() {
  int device;
  CUDA_CHECK(cudaGetDevice(&device));
  cudaDeviceProp properties;
  CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
  return std::string(properties.name) + ", cuDNN " + std::to_string(cudnn_library().version());
}

std::string choice_of(size_t graph, const std::string& config) {
  return std::to_string(graph) + ": " + config;
}

// Milliseconds of a run. Infinite where the plan turns out not to work or to want more memory than
// there is, as long as the device lives.
float time_of(const std::function<void()>& run, cudaStream_t stream) {
  const Event begin = make_timing_event(), end = make_timing_event();
  try {
    run();
  } catch (const DeviceLost&) {
    throw;
  } catch (const CudaError&) {
    return std::numeric_limits<float>::infinity();
  }
  CUDA_CHECK(cudaEventRecord(begin.get(), stream));
  for (int i = 0; i < kTimedRuns; ++i) run();
  CUDA_CHECK(cudaEventRecord(end.get(), stream));
  CUDA_CHECK(cudaEventSynchronize(end.get()));
  return milliseconds_between(begin, end) / kTimedRuns;
}

}  // namespace

bool is_wanted(const CudnnConfig& config, bool tensor_core) {
  return config.repeatable && !config.rounds && (tensor_core || !config.tensor_core);
}

std::shared_ptr<CudnnSession> CudnnSession::of_current_device() {
  static std::mutex mutex;
  static std::map<int, std::weak_ptr<CudnnSession>> sessions;
  int device;
  CUDA_CHECK(cudaGetDevice(&device));
  const std::lock_guard lock(mutex);
  std::shared_ptr<CudnnSession> session = sessions[device].lock();
  if (!session) {
    session.reset(new CudnnSession);
    sessions[device] = session;
  }
  return session;
}

CudnnSession::CudnnSession() : machine_(describe_machine()), choices_(plan_choices_path()) {
  CUDNN_CHECK(cudnn_library().create(&handle_));
}

CudnnSession::~CudnnSession() { static_cast<void>(cudnn_library().destroy(handle_)); }

std::vector<CudnnSession::Configs> CudnnSession::configs_of(std::span<SearchedGraph> graphs,
                                                            cudnnBackendHeurMode_t mode) {
  std::vector<Configs> all;
  for (SearchedGraph& searched : graphs) {
    Configs& configs = all.emplace_back();
    if (!searched.graph.finalize({.handle = handle_})) continue;
    configs = propose_configs(searched.graph, {.handle = handle_}, mode);
    std::erase_if(configs,
                  [&](const CudnnConfig& c) { return !is_wanted(c, searched.tensor_core); });
  }
  return all;
}

std::optional<ChosenPlan> CudnnSession::find(const std::string& choice,
                                             const std::vector<Configs>& configs) {
  for (size_t graph = 0; graph < configs.size(); ++graph)
    for (const CudnnConfig& config : configs[graph]) {
      if (choice_of(graph, config.name) != choice) continue;
      if (auto plan = CudnnPlan::make(config, {.handle = handle_}))
        return ChosenPlan{graph, *std::move(plan)};
    }
  return std::nullopt;
}

void CudnnSession::try_plans(const PlanSearch& search, const Configs& configs,
                             const std::function<void(CudnnPlan)>& try_plan) {
  int tried = 0, compiled = 0;
  for (const CudnnConfig& config : configs) {
    if (tried == search.most_tried) return;
    if (config.compiled && compiled == search.most_compiled) continue;
    auto plan = CudnnPlan::make(config, {.handle = handle_});
    if (!plan || plan->workspace_bytes() > search.most_workspace) continue;
    ++tried;
    compiled += config.compiled;
    try_plan(*std::move(plan));
  }
}

std::optional<ChosenPlan> CudnnSession::fastest(const PlanSearch& search,
                                                const std::vector<Configs>& configs, const Run& run,
                                                cudaStream_t stream) {
  std::optional<ChosenPlan> best;
  float best_time = std::numeric_limits<float>::infinity();
  for (size_t graph = 0; graph < configs.size(); ++graph)
    try_plans(search, configs[graph], [&](CudnnPlan plan) {
      ChosenPlan candidate{graph, std::move(plan)};
      const float time = search.most_tried == 1 ? 0.0f : time_of([&] { run(candidate); }, stream);
      if (time >= best_time) return;
      best_time = time;
      best = std::move(candidate);
    });
  return best;
}

std::optional<ChosenPlan> CudnnSession::choose(const PlanSearch& search,
                                               std::span<SearchedGraph> graphs, const Run& run,
                                               cudaStream_t stream) {
  const std::string key = machine_ + ", " + search.key;
  std::optional<std::string> choice;
  {
    const std::lock_guard lock(mutex_);
    choice = choices_.find(key);
  }
  // The second is what cuDNN keeps for the case that nothing else works.
  for (const auto mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    const std::vector<Configs> configs = configs_of(graphs, mode);
    if (choice)
      if (auto found = find(*choice, configs)) return found;
    if (auto best = fastest(search, configs, run, stream)) {
      const std::lock_guard lock(mutex_);
      choices_.remember(key, choice_of(best->graph, best->plan.name()));
      return best;
    }
  }
  return std::nullopt;
}

void CudnnSession::run(const CudnnPlan& plan, const std::vector<int64_t>& numbers,
                       const std::vector<void*>& pointers, void* workspace, cudaStream_t stream) {
  const std::lock_guard lock(mutex_);
  CUDNN_CHECK(cudnn_library().set_stream(handle_, stream));
  plan.run(handle_, numbers, pointers, workspace);
}

}  // namespace tengen::nn
