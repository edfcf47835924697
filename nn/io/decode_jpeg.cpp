#include <cstdio>
// jpeglib.h wants size_t and FILE declared before it.
#include <jpeglib.h>

#include <csetjmp>

#include "nn/base/check.h"
#include "nn/io/image_codecs.h"

namespace tengen::nn {
namespace {

// A block of 64 numbers takes a bit at least; halved colour planes make 128 of them; doubled to
// be sure.
constexpr uint64_t kBestCompression = 2048;
// A progressive file of more scans than any encoder makes would only burn time.
constexpr int kMostScans = 200;
// Bytes between two markers, which cameras leave; every other warning means wrong pixels.
constexpr const char* kHarmlessWarning = "extraneous bytes";

struct Faults {
  jpeg_error_mgr base;  // first: libjpeg hands out a pointer to it
  std::jmp_buf leave;
  char text[JMSG_LENGTH_MAX];
};

Faults* faults_of(j_common_ptr jpeg) { return reinterpret_cast<Faults*>(jpeg->err); }

void leave_with_fault(j_common_ptr jpeg) {
  Faults* faults = faults_of(jpeg);
  jpeg->err->format_message(jpeg, faults->text);
  std::longjmp(faults->leave, 1);
}

void judge_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;  // a trace
  Faults* faults = faults_of(jpeg);
  jpeg->err->format_message(jpeg, faults->text);
  if (std::string_view(faults->text).find(kHarmlessWarning) == std::string_view::npos)
    std::longjmp(faults->leave, 1);
}

void limit_scans(j_common_ptr jpeg) {
  Faults* faults = faults_of(jpeg);
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMostScans) return;
  std::snprintf(faults->text, sizeof faults->text, "more than %d scans", kMostScans);
  std::longjmp(faults->leave, 1);
}

// As in decode_png.cpp: libjpeg leaves by longjmp, so the functions that call it own nothing.
class JpegReader {
 public:
  explicit JpegReader(std::string_view bytes) : bytes_(bytes) {
    jpeg_.err = jpeg_std_error(&faults_.base);
    faults_.base.error_exit = leave_with_fault;
    faults_.base.emit_message = judge_message;
    faults_.text[0] = '\0';
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  bool read_header(DecodedImage* image) {
    if (setjmp(faults_.leave)) return false;
    jpeg_create_decompress(&jpeg_);
    progress_.progress_monitor = limit_scans;
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes_.data()),
                 static_cast<unsigned long>(bytes_.size()));
    jpeg_read_header(&jpeg_, TRUE);
    jpeg_.out_color_space = jpeg_.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_calc_output_dimensions(&jpeg_);
    image->height = jpeg_.output_height;
    image->width = jpeg_.output_width;
    image->channels = jpeg_.output_components;
    return true;
  }

  bool start() {
    if (setjmp(faults_.leave)) return false;
    jpeg_start_decompress(&jpeg_);
    return true;
  }

  bool read_row(char* pixels) {
    if (setjmp(faults_.leave)) return false;
    auto* row = reinterpret_cast<unsigned char*>(pixels);
    jpeg_read_scanlines(&jpeg_, &row, 1);
    return true;
  }

  bool finish() {
    if (setjmp(faults_.leave)) return false;
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  const char* fault() const { return faults_.text; }

 private:
  std::string_view bytes_;
  Faults faults_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct jpeg_{};
};

}  // namespace

DecodedImage decode_jpeg(std::string_view bytes, const std::string& name) {
  JpegReader reader(bytes);
  const auto fail = [&] {
    throw Error(name + ": not a whole JPEG file that can be read: " + reader.fault() +
                "; fetch it again, or convert it to RGB");
  };
  DecodedImage image;
  if (!reader.read_header(&image)) fail();
  const size_t row_bytes = static_cast<size_t>(image.width * image.channels);
  check_image_size(image, row_bytes, bytes.size(), kBestCompression, name);
  if (!reader.start()) fail();
  for (int64_t row = 0; row < image.height; ++row) {
    image.pixels.resize(image.pixels.size() + row_bytes);  // as the file really has them
    if (!reader.read_row(image.pixels.data() + image.pixels.size() - row_bytes)) fail();
  }
  if (!reader.finish()) fail();
  return image;
}

}  // namespace tengen::nn
