#include "nn/cuda/trunk_buffers.h"

#include <algorithm>
#include <map>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

class Assignment {
 public:
  Assignment(std::span<const TrunkLayer> layers, std::span<const int> outputs) {
    for (size_t i = 0; i < layers.size(); ++i)
      for (const int value : {layers[i].x, layers[i].residual})
        if (value >= 0) last_reader_[value] = i;
    for (const int value : outputs) last_reader_[value] = layers.size();
  }

  int count() const { return static_cast<int>(taken_.size()); }

  // The value's buffer, a new one if it has none yet.
  int buffer_of(int value) {
    if (value < 0) return -1;
    const auto [it, is_new] = buffer_.try_emplace(value, 0);
    if (!is_new) return it->second;
    const auto free = std::find(taken_.begin(), taken_.end(), false);
    it->second = static_cast<int>(free - taken_.begin());
    if (free == taken_.end()) taken_.push_back(false);
    taken_[static_cast<size_t>(it->second)] = true;
    return it->second;
  }

  // A value that nobody reads needs no place.
  int buffer_of_new(int value) {
    if (value < 0 || !last_reader_.contains(value)) return -1;
    CHECK(!buffer_.contains(value));
    return buffer_of(value);
  }

  void free_after(size_t layer, int value) {
    if (value >= 0 && last_reader_.at(value) == layer)
      taken_[static_cast<size_t>(buffer_.at(value))] = false;
  }

 private:
  std::map<int, size_t> last_reader_;  // layer; of an output, behind the last
  std::map<int, int> buffer_;
  std::vector<bool> taken_;
};

}  // namespace

TrunkBuffers assign_buffers(std::span<const TrunkLayer> layers, std::span<const int> outputs) {
  Assignment assignment(layers, outputs);
  TrunkBuffers buffers;
  std::vector<int> made;
  for (const TrunkLayer& layer : layers)
    for (const int value : {layer.y, layer.then_y}) made.push_back(value);
  for (const TrunkLayer& layer : layers)
    for (const int value : {layer.x, layer.residual})
      if (value >= 0 && std::find(made.begin(), made.end(), value) == made.end() &&
          std::find(buffers.inputs.begin(), buffers.inputs.end(), value) == buffers.inputs.end()) {
        buffers.inputs.push_back(value);
        buffers.input_buffers.push_back(assignment.buffer_of(value));
      }
  for (size_t i = 0; i < layers.size(); ++i) {
    const TrunkLayer& layer = layers[i];
    LayerBuffers at;
    at.x = assignment.buffer_of(layer.x);
    at.residual = assignment.buffer_of(layer.residual);
    assignment.free_after(i, layer.x);
    assignment.free_after(i, layer.residual);
    at.y = assignment.buffer_of_new(layer.y);
    at.then_y = assignment.buffer_of_new(layer.then_y);
    buffers.layers.push_back(at);
  }
  for (const int value : outputs) {
    CHECK(std::find(made.begin(), made.end(), value) != made.end());
    buffers.output_buffers.push_back(assignment.buffer_of(value));
  }
  buffers.count = assignment.count();
  return buffers;
}

}  // namespace tengen::nn
