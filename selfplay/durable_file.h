// A file that grows by lines and survives the death of the process at any moment, and the lock of
// a folder. Whole files are written by nn/io/atomic_file.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tengen::selfplay {

// A file that grows by whole lines. A line is in the file (though perhaps not yet on the medium)
// when append returns; a torn last line, left by a killed process, is cut when the file is opened.
class LineFile {
 public:
  explicit LineFile(std::string path);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Everything or, on a full disk, nothing and an Error.
  void append(std::string_view line);
  void sync();   // to the medium
  void clear();  // empties the file
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_;
  int64_t size_ = 0;
};

// Held while a process works in a folder; a second one gets an Error. The system lets it go when
// the process dies, however it dies.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace tengen::selfplay
