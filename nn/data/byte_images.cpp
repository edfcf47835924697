#include "nn/data/byte_images.h"

#include <array>

#include "nn/base/check.h"
#include "nn/cpu/cpu_device.h"

namespace tengen::nn {
namespace {

constexpr std::array<float, 256> make_unit_floats() {
  std::array<float, 256> out{};
  for (int i = 0; i < 256; ++i) out[i] = static_cast<float>(i / 255.0);
  return out;
}

constexpr std::array<float, 256> kUnitFloats = make_unit_floats();

class ByteImageDataset : public Dataset {
 public:
  explicit ByteImageDataset(ByteImages images) : images_(std::move(images)) {
    CHECK(images_.pixels.size() == images_.classes.size() * static_cast<size_t>(image_size()));
  }
  int64_t size() const override { return static_cast<int64_t>(images_.classes.size()); }
  Sample get(int64_t index) const override {
    CHECK(0 <= index);
    CHECK(index < size());
    Tensor image =
        Tensor::uninitialized({images_.height, images_.width, images_.channels}, cpu_device());
    const char* from = images_.pixels.data() + index * image_size();
    for (float& value : image.values()) value = unit_float(static_cast<uint8_t>(*from++));
    return {std::move(image), scalar_tensor(images_.classes[index])};
  }

 private:
  int64_t image_size() const { return images_.height * images_.width * images_.channels; }
  ByteImages images_;
};

}  // namespace

DatasetPtr image_dataset(ByteImages images) {
  return std::make_shared<ByteImageDataset>(std::move(images));
}

float unit_float(uint8_t byte) { return kUnitFloats[byte]; }

}  // namespace tengen::nn
