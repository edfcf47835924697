// Module: an owner of named parameters and of other modules.
//
// A layer registers what it owns in its constructor; names join with dots into paths
// ("tower.block2.conv1.weight") that files, errors and summaries share.
#pragma once

#include <initializer_list>
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

// One axis of an expected shape: a size, or a letter for any size. "..." first: any leading axes.
struct Dim {
  Dim(int64_t size) : size(size) {}          // NOLINT: written as {"N", 64}
  Dim(const char* letter) : name(letter) {}  // NOLINT
  int64_t size = -1;
  const char* name = nullptr;
};

class Module {
 public:
  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;  // children are members, held by address
  Module& operator=(const Module&) = delete;

  // All of this module and its children, in order of registration.
  std::vector<NamedVar> parameters() const;
  std::vector<NamedTensor> buffers() const;
  // The Vars of parameters and of buffers that move with the module.
  std::vector<Var> variables() const;
  // Parameters and buffers together: what a file stores. Tensors share storage with the module.
  std::vector<NamedTensor> state() const;
  // Copies values by path. A missing, surplus or misshapen entry is an Error that names it; then
  // nothing was copied.
  void load_state(const std::vector<NamedTensor>& entries);

  // "net.block2.conv": how errors name a layer. The outermost module is called "net".
  std::string path() const;

  // Moves parameters, their gradients and buffers to a device, before an optimizer is made. What
  // state() gave before stays behind.
  void to(Device& device);

  void train(bool on = true);
  bool training() const { return training_; }
  void zero_grad();

 protected:
  Var add_parameter(const std::string& name, Tensor value, bool decay);
  Var add_buffer(const std::string& name, Tensor value);
  // A buffer that the host reads and writes at every step: it stays in host memory.
  Tensor add_host_buffer(const std::string& name, Tensor value);
  void add_child(const std::string& name, Module& child);

  // CheckFailure "net.block2.conv: expected [N,H,W,64], got [32,9,9,48]" if x is shaped otherwise.
  void expect_shape(const Var& x, std::initializer_list<Dim> expected) const;

 private:
  struct OwnParameter {
    std::string name;
    Var var;
    bool decay;
  };
  struct OwnBuffer {
    std::string name;
    Var var;
    bool moves;
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
  const Module* parent_ = nullptr;
  std::string name_ = "net";
  bool training_ = true;
};

// A module of one input and one output, as Sequential strings together.
class Layer : public Module {
 public:
  virtual Var forward(const Var& x) = 0;
};

}  // namespace tengen::nn
