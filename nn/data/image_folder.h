// Folders of PNG and JPEG files, one sub-folder for each class.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::nn {

struct ImageFolderOptions {
  int64_t height = 0, width = 0;  // resized to these; 0: as the files are
  int64_t channels = 0;           // 1 grey, 3 RGB; 0: as the files are
};

struct ImageFolder {
  std::vector<std::string> classes;  // the sub-folders' names in order; class i is the i-th
  DatasetPtr images;                 // {[H,W,C] in [0,1], class []}, read when asked for
};

// Sub-folders and files in the order of their names; names that begin with a dot are passed over.
// Error for a folder without classes or images, and for a file that is called neither .png, .jpg
// nor .jpeg.
ImageFolder image_folder(const std::string& path, const ImageFolderOptions& options = {});

}  // namespace tengen::nn
