#include "nn/layers/module.h"

#include <map>
#include <set>
#include <string_view>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

std::string joined(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : prefix + "." + name;
}

}  // namespace

void Module::collect(const std::string& prefix, std::vector<NamedVar>* parameters,
                     std::vector<NamedTensor>* buffers) const {
  if (parameters)
    for (const OwnParameter& own : parameters_)
      parameters->push_back({joined(prefix, own.name), own.var, own.decay});
  if (buffers)
    for (const OwnBuffer& own : buffers_)
      buffers->push_back({joined(prefix, own.name), own.var.value()});
  for (const Child& child : children_)
    child.module->collect(joined(prefix, child.name), parameters, buffers);
}

std::vector<NamedVar> Module::parameters() const {
  std::vector<NamedVar> out;
  collect("", &out, nullptr);
  return out;
}

std::vector<NamedTensor> Module::buffers() const {
  std::vector<NamedTensor> out;
  collect("", nullptr, &out);
  return out;
}

std::vector<NamedTensor> Module::state() const {
  std::vector<NamedTensor> out;
  for (const NamedVar& parameter : parameters())
    out.push_back({parameter.path, parameter.var.value()});
  for (NamedTensor& buffer : buffers()) out.push_back(std::move(buffer));
  return out;
}

void load_entries(const std::vector<NamedTensor>& own, const std::vector<NamedTensor>& entries) {
  std::map<std::string, const Tensor*> given;
  for (const NamedTensor& entry : entries)
    if (!given.emplace(entry.path, &entry.tensor).second)
      throw Error("tensor " + entry.path + " is given twice");
  for (const NamedTensor& mine : own) {
    const auto found = given.find(mine.path);
    if (found == given.end())
      throw Error("tensor " + mine.path + " " + mine.tensor.shape().text() + " is missing");
    if (found->second->shape() != mine.tensor.shape())
      throw Error("tensor " + mine.path + " has shape " + found->second->shape().text() +
                  " where " + mine.tensor.shape().text() + " is expected");
  }
  // Each of ours was found, so that any surplus shows in the number.
  if (given.size() != own.size()) {
    std::set<std::string> known;
    for (const NamedTensor& mine : own) known.insert(mine.path);
    for (const auto& [path, tensor] : given)
      if (!known.contains(path))
        throw Error("tensor " + path + " " + tensor->shape().text() + " is not expected here");
  }
  for (const NamedTensor& mine : own) {
    Tensor to = mine.tensor;  // shares storage
    to.copy_from(*given.at(mine.path));
  }
}

std::vector<Var> Module::variables() const {
  std::vector<Var> all;
  for (const OwnParameter& own : parameters_) all.push_back(own.var);
  for (const OwnBuffer& own : buffers_)
    if (own.moves) all.push_back(own.var);
  for (const Child& child : children_)
    for (Var& var : child.module->variables()) all.push_back(std::move(var));
  return all;
}

void Module::load_state(const std::vector<NamedTensor>& entries) { load_entries(state(), entries); }

std::string Module::path() const { return parent_ ? parent_->path() + "." + name_ : name_; }

void Module::to(Device& device) {
  for (OwnParameter& own : parameters_) own.var.move_to(device);
  for (OwnBuffer& own : buffers_)
    if (own.moves) own.var.move_to(device);
  for (const Child& child : children_) child.module->to(device);
}

void Module::train(bool on) {
  training_ = on;
  for (const Child& child : children_) child.module->train(on);
}

void Module::zero_grad() {
  for (NamedVar& parameter : parameters()) parameter.var.zero_grad();
}

Var Module::add_parameter(const std::string& name, Tensor value, bool decay) {
  parameters_.push_back({name, Var(std::move(value), true), decay});
  return parameters_.back().var;
}

Var Module::add_buffer(const std::string& name, Tensor value) {
  buffers_.push_back({name, Var(std::move(value)), true});
  return buffers_.back().var;
}

Tensor Module::add_host_buffer(const std::string& name, Tensor value) {
  buffers_.push_back({name, Var(value), false});
  return value;
}

void Module::add_child(const std::string& name, Module& child) {
  child.parent_ = this;
  child.name_ = name;
  children_.push_back({name, &child});
}

void Module::expect_shape(const Var& x, std::initializer_list<Dim> expected) const {
  const Dim* dim = expected.begin();
  int axis = 0;
  const bool any_leading =
      dim != expected.end() && dim->name && dim->name == std::string_view("...");
  bool fits = x.shape().rank() == static_cast<int>(expected.size());
  if (any_leading) {
    ++dim;
    axis = x.shape().rank() - static_cast<int>(expected.end() - dim);
    fits = axis >= 0;
  }
  for (; fits && dim != expected.end(); ++dim, ++axis)
    fits = dim->name || x.shape()[axis] == dim->size;
  if (fits) return;
  std::string text;
  for (const Dim& wanted : expected) {
    if (!text.empty()) text.append(",");
    text.append(wanted.name ? wanted.name : std::to_string(wanted.size));
  }
  throw CheckFailure(path() + ": expected [" + text + "], got " + x.shape().text());
}

}  // namespace tengen::nn
