#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "nn/base/check.h"
#include "nn/io/image_codecs.h"

namespace tengen::nn {
namespace {

// Deflate reaches 1032:1.
constexpr uint64_t kBestCompression = 1040;

struct Source {
  std::string_view bytes;
  char fault[256] = "";
};

void read_bytes(png_structp png, png_bytep to, size_t count) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (count > source->bytes.size()) png_error(png, "the file ends too early");
  std::memcpy(to, source->bytes.data(), count);
  source->bytes.remove_prefix(count);
}

void keep_fault(png_structp png, png_const_charp text) {
  auto* source = static_cast<Source*>(png_get_error_ptr(png));
  std::strncpy(source->fault, text, sizeof source->fault - 1);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

// libpng leaves by longjmp, which passes over destructors: this class is the scope that outlives
// it, and its functions that call libpng own nothing.
class PngReader {
 public:
  explicit PngReader(std::string_view bytes) : source_{bytes} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_, keep_fault, ignore_warning);
    CHECK(png_ != nullptr);
    info_ = png_create_info_struct(png_);
    CHECK(info_ != nullptr);
    png_set_read_fn(png_, &source_, read_bytes);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  bool read_header(DecodedImage* image) {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_read_info(png_, info_);
    stored_row_bytes_ = png_get_rowbytes(png_, info_);
    // Palettes become colours, 1 to 4 bits become 8, a transparent colour becomes alpha.
    png_set_expand(png_);
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    image->height = png_get_image_height(png_, info_);
    image->width = png_get_image_width(png_, info_);
    image->channels = png_get_channels(png_, info_);
    image->channel_bytes = png_get_bit_depth(png_, info_) / 8;
    return true;
  }

  bool read_row(char* pixels) {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_read_row(png_, reinterpret_cast<png_bytep>(pixels), nullptr);
    return true;
  }

  bool read_end() {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_read_end(png_, nullptr);
    return true;
  }

  int passes() const { return passes_; }  // more than one of an interlaced image
  uint64_t stored_row_bytes() const { return stored_row_bytes_; }
  const char* fault() const { return source_.fault; }

 private:
  Source source_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  int passes_ = 1;
  uint64_t stored_row_bytes_ = 0;
};

}  // namespace

DecodedImage decode_png(std::string_view bytes, const std::string& name) {
  PngReader reader(bytes);
  const auto fail = [&] {
    throw Error(name + ": not a whole PNG file: " + reader.fault() + "; fetch it again");
  };
  DecodedImage image;
  if (!reader.read_header(&image)) fail();
  check_image_size(image, reader.stored_row_bytes(), bytes.size(), kBestCompression, name);
  const size_t row_bytes = static_cast<size_t>(image.width * image.channels) * image.channel_bytes;
  const size_t rows = static_cast<size_t>(image.height);
  for (int pass = 0; pass < reader.passes(); ++pass)
    for (size_t row = 0; row < rows; ++row) {
      // Memory grows with what was really there, but for interlacing, which needs all of it.
      if (pass == 0) image.pixels.resize((reader.passes() > 1 ? rows : row + 1) * row_bytes);
      if (!reader.read_row(image.pixels.data() + row * row_bytes)) fail();
    }
  if (!reader.read_end()) fail();
  return image;
}

}  // namespace tengen::nn
