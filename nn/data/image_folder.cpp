#include "nn/data/image_folder.h"

#include <algorithm>
#include <filesystem>

#include "nn/base/check.h"
#include "nn/data/resize.h"
#include "nn/io/image_file.h"

namespace tengen::nn {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (!entry.path().filename().string().starts_with('.')) out.push_back(entry.path());
  if (error) throw Error(folder.string() + ": cannot be read: " + error.message());
  std::sort(out.begin(), out.end());
  return out;
}

bool is_image_name(const fs::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

struct LabelledFile {
  std::string path;
  size_t label;
};

class FolderImages : public Dataset {
 public:
  FolderImages(std::vector<LabelledFile> files, const ImageFolderOptions& options)
      : files_(std::move(files)), options_(options) {}
  int64_t size() const override { return static_cast<int64_t>(files_.size()); }
  Sample get(int64_t index) const override {
    CHECK(0 <= index);
    CHECK(index < size());
    Tensor image = read_image(files_[index].path);
    if (options_.channels > 0) image = with_channels(image, options_.channels);
    if (options_.height > 0) image = resized(image, options_.height, options_.width);
    return {image, scalar_tensor(static_cast<float>(files_[index].label))};
  }

 private:
  std::vector<LabelledFile> files_;
  ImageFolderOptions options_;
};

}  // namespace

ImageFolder image_folder(const std::string& path, const ImageFolderOptions& options) {
  CHECK((options.height > 0) == (options.width > 0));
  CHECK((options.channels == 0 || options.channels == 1 || options.channels == 3));
  ImageFolder out;
  std::vector<LabelledFile> files;
  for (const fs::path& folder : entries_of(path)) {
    if (!fs::is_directory(folder)) continue;
    for (const fs::path& file : entries_of(folder)) {
      if (!is_image_name(file))
        throw Error(file.string() + ": neither .png nor .jpg nor .jpeg; move it elsewhere");
      files.push_back({file.string(), out.classes.size()});
    }
    out.classes.push_back(folder.filename().string());
  }
  if (files.empty())
    throw Error(path + ": no images in sub-folders; lay them out as CLASS/IMAGE.png");
  out.images = std::make_shared<FolderImages>(std::move(files), options);
  return out;
}

}  // namespace tengen::nn
