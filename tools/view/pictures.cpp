#include "tools/view/pictures.h"

#include <fmt/format.h>
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "nn/base/check.h"
#include "nn/io/image_file.h"
#include "nn/training/progress.h"
#include "tools/view/paint.h"

namespace tengen::tools::view {
namespace {

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error(folder + ": the folder cannot be made: " + error.message());
}

Canvas painted(const Scene& scene, const PictureSize& size, Painter& painter) {
  Canvas canvas(size.width, size.height);
  painter.paint(canvas, layout_of(size.width, size.height), scene);
  return canvas;
}

// Calls take(move) at every position of the main line, judged if that was asked for.
template <class Take>
void for_every_move(Viewer& viewer, const ExportOptions& options, const Take& take) {
  viewer.resize(options.size.width, options.size.height, 1.0);
  if (options.visits > 0) viewer.command(Command::kAnalysis);
  nn::Progress progress("pictures", viewer.moves() + 1);
  for (int move = 0; move <= viewer.moves(); ++move) {
    viewer.go_to_move(move);
    while (options.visits > 0 && !viewer.judged_by(options.visits)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      viewer.look();
    }
    viewer.look();
    take(move);
    progress.step();
  }
  progress.finish();
}

// 6 levels of red, 7 of green, 6 of blue; between them a fixed pattern (Bayer 1973) blends.
constexpr int kReds = 6, kGreens = 7, kBlues = 6;

class GifFile {
 public:
  GifFile(std::string path, const PictureSize& size) : path_(std::move(path)), size_(size) {
    int error = 0;
    file_.reset(EGifOpenFileName(path_.c_str(), false, &error));
    if (!file_) fail(error);
    EGifSetGifVersion(file_.get(), true);
    const std::unique_ptr<ColorMapObject, decltype(&GifFreeMapObject)> colours(
        GifMakeMapObject(256, palette().data()), GifFreeMapObject);
    check(EGifPutScreenDesc(file_.get(), size.width, size.height, 8, 0, colours.get()));
    const std::array<unsigned char, 3> endless{1, 0, 0};
    check(EGifPutExtensionLeader(file_.get(), APPLICATION_EXT_FUNC_CODE));
    check(EGifPutExtensionBlock(file_.get(), 11, "NETSCAPE2.0"));
    check(EGifPutExtensionBlock(file_.get(), 3, endless.data()));
    check(EGifPutExtensionTrailer(file_.get()));
  }

  void add(const Canvas& canvas, int milliseconds) {
    const GraphicsControlBlock control{DISPOSE_DO_NOT, false, milliseconds / 10,
                                       NO_TRANSPARENT_COLOR};
    std::array<unsigned char, 4> bytes{};
    EGifGCBToExtension(&control, bytes.data());
    check(EGifPutExtension(file_.get(), GRAPHICS_EXT_FUNC_CODE, 4, bytes.data()));
    check(EGifPutImageDesc(file_.get(), 0, 0, size_.width, size_.height, false, nullptr));
    std::vector<unsigned char> row(static_cast<size_t>(size_.width));
    for (int y = 0; y < size_.height; ++y) {
      const auto* from = reinterpret_cast<const uint32_t*>(
          canvas.rows() + static_cast<ptrdiff_t>(y) * canvas.stride());
      for (int x = 0; x < size_.width; ++x) row[static_cast<size_t>(x)] = colour(from[x], x, y);
      check(EGifPutLine(file_.get(), row.data(), size_.width));
    }
  }

  void close() {
    int error = 0;
    if (EGifCloseFile(file_.release(), &error) == GIF_ERROR) fail(error);
  }

 private:
  struct Close {
    void operator()(GifFileType* file) const { EGifCloseFile(file, nullptr); }
  };

  static std::array<GifColorType, 256> palette() {
    std::array<GifColorType, 256> colours{};
    const auto level = [](int i, int count) {
      return static_cast<unsigned char>(255 * i / (count - 1));
    };
    size_t at = 0;
    for (int r = 0; r < kReds; ++r)
      for (int g = 0; g < kGreens; ++g)
        for (int b = 0; b < kBlues; ++b)
          colours[at++] = {level(r, kReds), level(g, kGreens), level(b, kBlues)};
    return colours;
  }

  static unsigned char colour(uint32_t pixel, int x, int y) {
    constexpr std::array<int, 16> kPattern{0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5};
    const int threshold = 16 * kPattern[static_cast<size_t>((y % 4) * 4 + x % 4)] + 8;
    const auto level = [&](uint32_t part, int count) {
      return (static_cast<int>(part & 0xFF) * (count - 1) * 256 / 255 + threshold) / 256;
    };
    const int r = level(pixel >> 16, kReds), g = level(pixel >> 8, kGreens);
    const int b = level(pixel, kBlues);
    return static_cast<unsigned char>(
        (std::min(r, kReds - 1) * kGreens + std::min(g, kGreens - 1)) * kBlues +
        std::min(b, kBlues - 1));
  }

  void check(int result) {
    if (result == GIF_ERROR) fail(file_->Error);
  }
  [[noreturn]] void fail(int error) const {
    const char* why = GifErrorString(error);
    throw Error(path_ + ": cannot be written: " + (why ? why : "unknown"));
  }

  std::string path_;
  PictureSize size_;
  std::unique_ptr<GifFileType, Close> file_;
};

}  // namespace

void save_picture(const std::string& path, const Scene& scene, const PictureSize& size) {
  Painter painter;
  nn::write_png(path, painted(scene, size, painter).pixels());
}

void export_png(const std::string& folder, Viewer& viewer, const ExportOptions& options) {
  make_folder(folder);
  Painter painter;
  for_every_move(viewer, options, [&](int move) {
    nn::write_png(fmt::format("{}/move-{:03}.png", folder, move),
                  painted(viewer.scene(), options.size, painter).pixels());
  });
}

void export_gif(const std::string& folder, Viewer& viewer, const ExportOptions& options) {
  make_folder(folder);
  Painter painter;
  GifFile gif(folder + "/game.gif", options.size);
  for_every_move(viewer, options, [&](int) {
    gif.add(painted(viewer.scene(), options.size, painter), options.frame_ms);
  });
  gif.close();
}

}  // namespace tengen::tools::view
