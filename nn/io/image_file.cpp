#include "nn/io/image_file.h"

#include <png.h>

#include <algorithm>
#include <cmath>

#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/io/atomic_file.h"
#include "nn/io/image_codecs.h"

namespace tengen::nn {
namespace {

bool is_png(std::string_view bytes) { return bytes.starts_with("\x89PNG\r\n\x1a\n"); }
bool is_jpeg(std::string_view bytes) { return bytes.starts_with("\xff\xd8\xff"); }

Tensor as_tensor(const DecodedImage& image) {
  Tensor out = Tensor::uninitialized({image.height, image.width, image.channels}, cpu_device());
  const auto* from = reinterpret_cast<const uint8_t*>(image.pixels.data());
  for (float& value : out.values()) {
    if (image.channel_bytes == 1) {
      value = static_cast<float>(*from++) / 255.0f;
    } else {
      value = static_cast<float>(from[0] << 8 | from[1]) / 65535.0f;
      from += 2;
    }
  }
  return out;
}

uint8_t byte_of(float value) {
  if (!(value > 0)) return 0;
  return static_cast<uint8_t>(std::lround(255 * std::min<float>(value, 1)));
}

}  // namespace

void check_image_size(const DecodedImage& image, uint64_t row_bytes, size_t file_bytes,
                      uint64_t best_compression, const std::string& name) {
  constexpr uint64_t kSlack = 1 << 16;  // small images have no such bounds
  const uint64_t most = best_compression * file_bytes + kSlack;
  if (row_bytes == 0 || static_cast<uint64_t>(image.height) > most / row_bytes)
    throw Error(name + ": claims " + std::to_string(image.height) + " rows of " +
                std::to_string(image.width) + " pixels, which " + std::to_string(file_bytes) +
                " bytes cannot hold; the file is truncated or damaged");
}

Tensor parse_image(std::string_view bytes, const std::string& name) {
  if (is_png(bytes)) return as_tensor(decode_png(bytes, name));
  if (is_jpeg(bytes)) return as_tensor(decode_jpeg(bytes, name));
  throw Error(name + ": byte 0: neither PNG nor JPEG; convert the image");
}

Tensor read_image(const std::string& path) { return parse_image(read_file(path), path); }

std::string png_bytes(const Tensor& image) {
  CHECK(image.shape().rank() == 3);
  const int64_t channels = image.shape()[2];
  CHECK(1 <= channels);
  CHECK(channels <= 4);
  CHECK(image.size() > 0);
  std::string pixels;
  for (const float value : image.to_vector()) pixels += static_cast<char>(byte_of(value));

  constexpr png_uint_32 kFormats[] = {PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB,
                                      PNG_FORMAT_RGBA};
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.height = static_cast<png_uint_32>(image.shape()[0]);
  png.width = static_cast<png_uint_32>(image.shape()[1]);
  png.format = kFormats[channels - 1];
  png_alloc_size_t size = 0;
  std::string out;
  const auto write = [&](void* to) {
    if (!png_image_write_to_memory(&png, to, &size, 0, pixels.data(), 0, nullptr))
      throw Error(std::string("png: ") + png.message);
  };
  write(nullptr);  // only says the size
  out.resize(size);
  write(out.data());
  return out;
}

void write_png(const std::string& path, const Tensor& image) {
  write_file_atomically(path, png_bytes(image));
}

}  // namespace tengen::nn
