#include "tests/cuda/emulation/cudnn_double.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "nn/cuda/cudnn_library.h"
#include "tests/cuda/emulation/cudnn_descriptors.h"
#include "tests/cuda/emulation/cudnn_tensor.h"
#include "tests/cuda/emulation/runtime.h"

namespace tengen::emulation {
namespace {

// Where this process remembers plans.
struct CacheFolder {
  CacheFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tengen_plans_XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    path = name;
    setenv("XDG_CACHE_HOME", name.c_str(), 1);
  }
  ~CacheFolder() {
    std::error_code none;
    std::filesystem::remove_all(path, none);
  }
  std::filesystem::path path;
};
const CacheFolder cache_folder;

std::string last_error;

CudnnDouble usual() {
  CudnnDouble made;
  made.engines = {
      {.index = 12, .notes = {CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC}},
      {.index = 22, .notes = {CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS}},
      {.index = 67, .notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE}},
      {.index = 46, .notes = {}},
      {.index = 41, .notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE}, .half_bias_only = true},
      {.index = 7, .notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE}, .compiled = true},
      {.index = 0, .notes = {}, .is_fallback = true}};
  return made;
}

Described& own(cudnnBackendDescriptor_t descriptor) { return *static_cast<Described*>(descriptor); }

template <class Body>
cudnnStatus_t answer(const Body& body) {
  try {
    body();
    return CUDNN_STATUS_SUCCESS;
  } catch (const CudnnRefusal& refusal) {
    last_error = refusal.what();
    return refusal.status;
  }
}

size_t size_of(cudnnBackendAttributeType_t type) {
  switch (type) {
    case CUDNN_TYPE_BOOLEAN:
      return sizeof(bool);
    case CUDNN_TYPE_CHAR:
      return 1;
    case CUDNN_TYPE_INT64:
    case CUDNN_TYPE_HANDLE:
    case CUDNN_TYPE_VOID_PTR:
      return 8;
    default:
      return 4;
  }
}

const CudnnEngine& engine_of(const Description& config) {
  const auto index =
      config.child(CUDNN_ATTR_ENGINECFG_ENGINE)->value<int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
  for (const CudnnEngine& engine : cudnn_double().engines)
    if (engine.index == index) return engine;
  throw CudnnRefusal(CUDNN_STATUS_NOT_SUPPORTED, "no such engine");
}

// As cuDNN 9.19 answered for an H200: one operation has kernels at hand if what it makes has its
// factors' type; several need a compiled one, but for one pattern.
bool knows(const CudnnEngine& engine, const Description& graph) {
  const auto& operations = graph.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).descriptions;
  const CudnnConvolutionDouble s(*operations.at(0));
  if (operations.size() == 1)
    return !engine.compiled && !engine.half_bias_only && s.image.type == s.filter.type &&
           s.image.type == s.result.type;
  const auto& bias_add = operations[operations.size() - 2];
  const bool is_bias_pattern =
      s.result.is_virtual && bias_add->has(CUDNN_ATTR_OPERATION_POINTWISE_BDESC) &&
      CudnnTensorDouble(*bias_add->child(CUDNN_ATTR_OPERATION_POINTWISE_BDESC)).type ==
          CUDNN_DATA_HALF &&
      CudnnTensorDouble(*bias_add->child(CUDNN_ATTR_OPERATION_POINTWISE_BDESC)).dims[0] == 1;
  return engine.compiled || (engine.half_bias_only && is_bias_pattern);
}

Described make_config(const CudnnEngine& engine, const Described& graph) {
  auto made = std::make_shared<Description>(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  made->attributes[CUDNN_ATTR_ENGINE_OPERATION_GRAPH] = attribute_of({graph});
  made->attributes[CUDNN_ATTR_ENGINE_GLOBAL_INDEX] =
      attribute_of<int64_t>(CUDNN_TYPE_INT64, {engine.index});
  made->attributes[CUDNN_ATTR_ENGINE_NUMERICAL_NOTE] = attribute_of(
      CUDNN_TYPE_NUMERICAL_NOTE, std::vector(engine.notes.begin(), engine.notes.end()));
  made->attributes[CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE] =
      attribute_of(CUDNN_TYPE_BEHAVIOR_NOTE,
                   std::vector(engine.compiled ? 1 : 0, CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION));
  auto knob = std::make_shared<Description>(CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR);
  knob->attributes[CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE] =
      attribute_of(CUDNN_TYPE_KNOB_TYPE, std::vector{CUDNN_KNOB_TYPE_SPLIT_K});
  knob->attributes[CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE] =
      attribute_of<int64_t>(CUDNN_TYPE_INT64, {2});
  auto config = std::make_shared<Description>(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  config->attributes[CUDNN_ATTR_ENGINECFG_ENGINE] = attribute_of({made});
  config->attributes[CUDNN_ATTR_ENGINECFG_KNOB_CHOICES] = attribute_of({knob});
  config->is_final = made->is_final = knob->is_final = true;
  return config;
}

void propose(Description& heuristics) {
  ++cudnn_double().heuristics;
  const Described graph = heuristics.child(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
  const auto mode = heuristics.value<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE);
  std::vector<Described> configs;
  for (const CudnnEngine& engine : cudnn_double().engines)
    if (engine.is_fallback == (mode == CUDNN_HEUR_MODE_FALLBACK) && knows(engine, *graph))
      configs.push_back(make_config(engine, graph));
  if (configs.empty()) throw CudnnRefusal(CUDNN_STATUS_NOT_SUPPORTED, "no engine configs");
  heuristics.attributes[CUDNN_ATTR_ENGINEHEUR_RESULTS] = attribute_of(configs);
}

void make_plan(Description& plan) {
  require(plan.value<cudnnHandle_t>(CUDNN_ATTR_EXECUTION_PLAN_HANDLE) != nullptr, "a handle");
  const CudnnEngine& engine = engine_of(*plan.child(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG));
  if (engine.refuses != CUDNN_STATUS_SUCCESS) throw CudnnRefusal(engine.refuses, "refused");
  ++cudnn_double().plans;
  plan.attributes[CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE] =
      attribute_of<int64_t>(CUDNN_TYPE_INT64, {engine.workspace});
}

// The pointers by number, each as aligned as its tensor says.
std::map<int64_t, void*> pointers_of(const Description& pack, const Description& graph) {
  const auto numbers = pack.values<int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  const auto pointers = pack.values<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  std::map<int64_t, void*> found;
  for (size_t i = 0; i < numbers.size(); ++i)
    require(found.emplace(numbers[i], pointers[i]).second, "a number once");
  for (const Described& operation : graph.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).descriptions)
    for (const auto& [name, attribute] : operation->attributes)
      for (const Described& child : attribute.descriptions) {
        if (child->type != CUDNN_BACKEND_TENSOR_DESCRIPTOR) continue;
        const CudnnTensorDouble tensor(*child);
        if (tensor.is_virtual) continue;
        require(found.contains(tensor.number) && found[tensor.number], "a pointer");
        if (reinterpret_cast<uintptr_t>(found[tensor.number]) %
                static_cast<uintptr_t>(tensor.alignment) !=
            0)
          throw CudnnRefusal(CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER, "a misaligned pointer");
        check_pointer(found[tensor.number]);
      }
  return found;
}

struct Context {
  cudaStream_t stream = nullptr;
};

cudnnStatus_t execute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
                      cudnnBackendDescriptor_t pack) {
  return answer([&] {
    if (cudnn_double().status != CUDNN_STATUS_SUCCESS)
      throw CudnnRefusal(cudnn_double().status, "as the test wants it");
    const Description& config = *own(plan)->child(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
    const CudnnEngine engine = engine_of(config);
    if (engine.fails) throw CudnnRefusal(CUDNN_STATUS_EXECUTION_FAILED, "an engine that fails");
    ++cudnn_double().runs;
    const Described graph =
        config.child(CUDNN_ATTR_ENGINECFG_ENGINE)->child(CUDNN_ATTR_ENGINE_OPERATION_GRAPH);
    const auto pointers = pointers_of(*own(pack), *graph);
    auto* const workspace = own(pack)->value<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE);
    const bool tf32 = engine.notes.contains(CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
    require(workspace != nullptr, "a workspace");
    check_pointer(workspace);
    const cudaError_t queued = queue(reinterpret_cast<Context*>(handle)->stream, [=] {
      std::memset(workspace, 0x7f, static_cast<size_t>(engine.workspace));
      if (engine.delay_ms > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(engine.delay_ms));
      compute(*graph, pointers, tf32);
    });
    if (queued != cudaSuccess) throw CudnnRefusal(CUDNN_STATUS_EXECUTION_FAILED, "not queued");
  });
}

cudnnStatus_t set_attribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, int64_t count, const void* values) {
  return answer([&] {
    Description& to = *own(descriptor);
    require(!to.is_final, "not finalised yet");
    require(count >= 0 && (values || count == 0), "values");
    Attribute& attribute = to.attributes[name] = {type, count, {}, {}};
    if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR) {
      for (int64_t i = 0; i < count; ++i)
        attribute.descriptions.push_back(
            own(static_cast<const cudnnBackendDescriptor_t*>(values)[i]));
      return;
    }
    attribute.bytes.resize(static_cast<size_t>(count) * size_of(type));
    std::memcpy(attribute.bytes.data(), values, attribute.bytes.size());
  });
}

cudnnStatus_t get_attribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, int64_t requested, int64_t* count,
                            void* values) {
  return answer([&] {
    const Description& from = *own(descriptor);
    require(from.is_final, "finalised");
    const Attribute& attribute = from.at(name);
    require(attribute.type == type, "the type");
    // How many knobs are set, cuDNN does not say before it is given room.
    *count = requested == 0 && name == CUDNN_ATTR_ENGINECFG_KNOB_CHOICES ? 0 : attribute.count;
    if (requested == 0) return;
    const int64_t given = std::min(requested, attribute.count);
    if (type != CUDNN_TYPE_BACKEND_DESCRIPTOR) {
      std::memcpy(values, attribute.bytes.data(), static_cast<size_t>(given) * size_of(type));
      return;
    }
    for (int64_t i = 0; i < given; ++i) {
      Described& to = own(static_cast<cudnnBackendDescriptor_t*>(values)[i]);
      const Described& child = attribute.descriptions[static_cast<size_t>(i)];
      require(to->type == child->type, "a descriptor of the right type");
      to = child;
    }
  });
}

cudnnStatus_t finalize(cudnnBackendDescriptor_t descriptor) {
  return answer([&] {
    Description& d = *own(descriptor);
    check_description(d);
    if (d.type == CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR) propose(d);
    if (d.type == CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR) make_plan(d);
    d.is_final = true;
  });
}

}  // namespace

CudnnDouble& cudnn_double() {
  static CudnnDouble told = usual();
  return told;
}

void reset_cudnn_double() { cudnn_double() = usual(); }

}  // namespace tengen::emulation

namespace tengen::nn {

const CudnnLibrary& cudnn_library() {
  using namespace emulation;
  static const CudnnLibrary library{
      .version = [] { return cudnn_double().version; },
      .error_string =
          [](cudnnStatus_t status) {
            return status == CUDNN_STATUS_EXECUTION_FAILED ? "CUDNN_STATUS_EXECUTION_FAILED"
                                                           : "another status";
          },
      .last_error_string = [](char* text,
                              size_t size) { text[last_error.copy(text, size - 1)] = 0; },
      .create =
          [](cudnnHandle_t* handle) {
            *handle = reinterpret_cast<cudnnHandle_t>(new Context);
            return CUDNN_STATUS_SUCCESS;
          },
      .destroy =
          [](cudnnHandle_t handle) {
            delete reinterpret_cast<Context*>(handle);
            return CUDNN_STATUS_SUCCESS;
          },
      .set_stream =
          [](cudnnHandle_t handle, cudaStream_t stream) {
            reinterpret_cast<Context*>(handle)->stream = stream;
            return CUDNN_STATUS_SUCCESS;
          },
      .create_descriptor =
          [](cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t* descriptor) {
            *descriptor = new Described(std::make_shared<Description>(type));
            return CUDNN_STATUS_SUCCESS;
          },
      .destroy_descriptor =
          [](cudnnBackendDescriptor_t descriptor) {
            delete static_cast<Described*>(descriptor);
            return CUDNN_STATUS_SUCCESS;
          },
      .finalize = finalize,
      .set_attribute = set_attribute,
      .get_attribute = get_attribute,
      .execute = execute};
  return library;
}

}  // namespace tengen::nn
