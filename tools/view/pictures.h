// Scenes as files, without a window: PNG, and GIF for whole games.
#pragma once

#include <string>

#include "tools/view/viewer.h"

namespace tengen::tools::view {

struct PictureSize {
  int width = 1280, height = 800;
};

void save_picture(const std::string& path, const Scene& scene, const PictureSize& size);

struct ExportOptions {
  PictureSize size;
  int visits = 0;      // of the analysis of every position; 0: none
  int frame_ms = 700;  // of a GIF
};
// FOLDER/move-000.png and so on for the positions of the main line. Says so as it goes on.
void export_png(const std::string& folder, Viewer& viewer, const ExportOptions& options);
// FOLDER/game.gif, endless.
void export_gif(const std::string& folder, Viewer& viewer, const ExportOptions& options);

}  // namespace tengen::tools::view
