// Module: an owner of named parameters and of other modules.
//
// A layer registers what it owns in its constructor; names join with dots into paths
// ("tower.block2.conv1.weight") that files, errors and summaries share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/autograd.h"

namespace tengen::nn {

// A parameter is learned; a buffer (running statistics) is stored but not learned.
struct NamedTensor {
  std::string path;
  Tensor tensor;
};
struct NamedVar {
  std::string path;
  Var var;
  bool decay;  // weight decay applies: weights yes; biases and normalisation no
};

// Copies `entries` into the tensors of the same path, as load_state does for modules and
// optimisers.
void load_entries(const std::vector<NamedTensor>& own, const std::vector<NamedTensor>& entries);

class Module {
 public:
  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;  // children are members, held by address
  Module& operator=(const Module&) = delete;

  // All of this module and its children, in order of registration.
  std::vector<NamedVar> parameters() const;
  std::vector<NamedTensor> buffers() const;
  // Parameters and buffers together: what a file stores. Tensors share storage with the module.
  std::vector<NamedTensor> state() const;
  // Copies values by path. A missing, surplus or misshapen entry is an Error that names it; then
  // nothing was copied.
  void load_state(const std::vector<NamedTensor>& entries);

  void train(bool on = true);
  bool training() const { return training_; }
  void zero_grad();

 protected:
  Var add_parameter(const std::string& name, Tensor value, bool decay);
  Tensor add_buffer(const std::string& name, Tensor value);
  void add_child(const std::string& name, Module& child);

 private:
  struct OwnParameter {
    std::string name;
    Var var;
    bool decay;
  };
  struct OwnBuffer {
    std::string name;
    Tensor tensor;
  };
  struct Child {
    std::string name;
    Module* module;
  };
  void collect(const std::string& prefix, std::vector<NamedVar>* parameters,
               std::vector<NamedTensor>* buffers) const;
  std::vector<OwnParameter> parameters_;
  std::vector<OwnBuffer> buffers_;
  std::vector<Child> children_;
  bool training_ = true;
};

}  // namespace tengen::nn
