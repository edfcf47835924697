// A checkpoint: everything that going on bit-exactly needs, in one safetensors file.
//
//   Checkpoint checkpoint;
//   checkpoint.add("net", net).add("optimizer", *optimizer).add("average", average);
//   checkpoint.add("step", step).add("data", position).add("noise", rng);
//   if (std::filesystem::exists(path)) checkpoint.load(path);
//   ... checkpoint.save(path);      // now and then
//
// A learning rate that is a function of the step needs nothing more; a Plateau or EarlyStopping is
// added like the network. `position` is Batch::next of the last batch, from which a Loader resumes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nn/base/rng.h"
#include "nn/data/batch.h"
#include "nn/layers/module.h"

namespace tengen::nn {

// What a network or an optimiser of this name calls "path", several together call "name.path".
std::vector<NamedTensor> with_prefix(const std::string& prefix,
                                     const std::vector<NamedTensor>& entries);
// Those that begin with `prefix`, without it.
std::vector<NamedTensor> without_prefix(const std::string& prefix,
                                        const std::vector<NamedTensor>& entries);

class Checkpoint {
 public:
  // A part with state() and load_state(entries): a module, optimiser, average, plateau. Parts are
  // held by reference and must outlive this. A name holds no dots and is used once (CheckFailure).
  template <class Part>
  Checkpoint& add(const std::string& name, Part& part) {
    return add_part(
        {name, [&part] { return part.state(); },
         [&part](const std::vector<NamedTensor>& entries) { part.load_state(entries); }});
  }
  Checkpoint& add(const std::string& name, int64_t& number);
  // Its seed and stream are the program's; how much was drawn is the checkpoint's.
  Checkpoint& add(const std::string& name, Rng& rng);
  Checkpoint& add(const std::string& name, LoaderPosition& position);
  // A number behind functions.
  Checkpoint& add_number(const std::string& name, std::function<int64_t()> get,
                         std::function<void(int64_t)> set);

  // Atomically: after a crash the file is the old or the new one.
  void save(const std::string& path) const;
  // An Error names the file and what is missing, surplus or misshapen; then nothing was changed.
  void load(const std::string& path);

 private:
  struct NamedPart {
    std::string name;
    std::function<std::vector<NamedTensor>()> state;
    std::function<void(const std::vector<NamedTensor>&)> load;
  };
  struct Number {
    std::string name;
    std::function<int64_t()> get;
    std::function<void(int64_t)> set;
  };
  Checkpoint& add_part(NamedPart part);
  void check_new(const std::string& name) const;
  std::vector<NamedTensor> tensors() const;

  std::vector<NamedPart> parts_;
  std::vector<Number> numbers_;
};

}  // namespace tengen::nn
