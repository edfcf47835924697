#include "nn/training/checkpoint.h"

#include <map>
#include <utility>

#include "nn/base/check.h"
#include "nn/io/safetensors.h"

namespace tengen::nn {
namespace {

constexpr const char* kNumber = "number.";  // of metadata keys

int64_t parsed(const std::string& name, const std::string& text) {
  size_t used = 0;
  int64_t value = 0;
  try {
    value = std::stoll(text, &used);
  } catch (const std::logic_error&) {
    used = 0;
  }
  if (used == 0 || used != text.size())
    throw Error("number " + name + " is \"" + text + "\", not a whole number");
  return value;
}

// A generator only goes forward, so that going back begins at its first state.
void move_to(Rng& rng, const Rng& first, int64_t drawn, const std::string& name) {
  if (drawn < static_cast<int64_t>(first.drawn()))
    throw Error("generator " + name + " cannot go back to " + std::to_string(drawn) + " draws");
  rng = first;
  while (static_cast<int64_t>(rng.drawn()) < drawn) rng.bits();
}

}  // namespace

std::vector<NamedTensor> with_prefix(const std::string& prefix,
                                     const std::vector<NamedTensor>& entries) {
  std::vector<NamedTensor> out;
  for (const NamedTensor& entry : entries) out.push_back({prefix + entry.path, entry.tensor});
  return out;
}

std::vector<NamedTensor> without_prefix(const std::string& prefix,
                                        const std::vector<NamedTensor>& entries) {
  std::vector<NamedTensor> out;
  for (const NamedTensor& entry : entries)
    if (entry.path.starts_with(prefix))
      out.push_back({entry.path.substr(prefix.size()), entry.tensor});
  return out;
}

void Checkpoint::check_new(const std::string& name) const {
  CHECK(!name.empty());
  CHECK((name.find('.') == std::string::npos));
  for (const NamedPart& part : parts_) CHECK(part.name != name);
  for (const Number& number : numbers_) CHECK(number.name != name);
}

Checkpoint& Checkpoint::add_part(NamedPart part) {
  check_new(part.name);
  parts_.push_back(std::move(part));
  return *this;
}

Checkpoint& Checkpoint::add_number(const std::string& name, std::function<int64_t()> get,
                                   std::function<void(int64_t)> set) {
  check_new(name);
  numbers_.push_back({name, std::move(get), std::move(set)});
  return *this;
}

Checkpoint& Checkpoint::add(const std::string& name, int64_t& number) {
  return add_number(
      name, [&number] { return number; }, [&number](int64_t value) { number = value; });
}

Checkpoint& Checkpoint::add(const std::string& name, Rng& rng) {
  return add_number(
      name, [&rng] { return static_cast<int64_t>(rng.drawn()); },
      [&rng, first = rng, name](int64_t drawn) { move_to(rng, first, drawn, name); });
}

Checkpoint& Checkpoint::add(const std::string& name, LoaderPosition& position) {
  return add(name + "_epoch", position.epoch).add(name + "_batch", position.batch);
}

std::vector<NamedTensor> Checkpoint::tensors() const {
  std::vector<NamedTensor> all;
  for (const NamedPart& part : parts_)
    for (NamedTensor& entry : with_prefix(part.name + ".", part.state()))
      all.push_back(std::move(entry));
  return all;
}

void Checkpoint::save(const std::string& path) const {
  SafeTensors content{tensors(), {}};
  for (const Number& number : numbers_)
    content.metadata[kNumber + number.name] = std::to_string(number.get());
  save_safetensors(path, content);
}

void Checkpoint::load(const std::string& path) {
  const SafeTensors content = load_safetensors(path);
  try {
    std::map<std::string, int64_t> values;
    for (const Number& number : numbers_) {
      const auto found = content.metadata.find(kNumber + number.name);
      if (found == content.metadata.end()) throw Error("number " + number.name + " is missing");
      values[number.name] = parsed(number.name, found->second);
    }
    load_entries(tensors(), content.tensors);  // all or nothing; then what parts derive from them
    for (const NamedPart& part : parts_)
      part.load(without_prefix(part.name + ".", content.tensors));
    for (const Number& number : numbers_) number.set(values[number.name]);
  } catch (const Error& error) {
    throw Error(path + ": " + error.what() + "; was it written by another program or network?");
  }
}

}  // namespace tengen::nn
