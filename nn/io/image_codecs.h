// The decoders behind image_file.h, one file for each library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tengen::nn {

// Rows of pixels, each channel one byte or two (big-endian).
struct DecodedImage {
  int64_t height = 0, width = 0, channels = 0;
  int channel_bytes = 1;
  std::string pixels;
};

// On a fault they throw an Error with the library's words, after `name`.
DecodedImage decode_png(std::string_view bytes, const std::string& name);
DecodedImage decode_jpeg(std::string_view bytes, const std::string& name);

// Error if so many rows of `row_bytes` cannot come from a file of `file_bytes` even at the best
// compression that its format can reach: a damaged header must not make anybody wait or allocate.
void check_image_size(const DecodedImage& image, uint64_t row_bytes, size_t file_bytes,
                      uint64_t best_compression, const std::string& name);

}  // namespace tengen::nn
