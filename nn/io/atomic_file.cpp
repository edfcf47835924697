#include "nn/io/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "nn/base/check.h"

namespace tengen::nn {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(path + ": " + what + ": " + std::strerror(errno));
}

// "PATH.tmp", held by a lock while it is written: writers of one path wait for each other, and
// what a killed process left behind is used again. Removed unless keep() was called.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path) : name_(path + ".tmp") {
    do {
      close();
      file_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
      if (file_ < 0) fail(path, "cannot create " + name_);
      while (::flock(file_, LOCK_EX) != 0)
        if (errno != EINTR) fail(path, "cannot lock " + name_);
    } while (!is_still_called_so());
    if (::ftruncate(file_, 0) != 0) fail(path, "cannot empty " + name_);
  }
  ~TemporaryFile() {
    if (!kept_) ::unlink(name_.c_str());
    close();
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int descriptor() const { return file_; }
  const std::string& name() const { return name_; }
  void keep() { kept_ = true; }

 private:
  void close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }
  // False if another writer renamed or removed it while this one waited for the lock.
  bool is_still_called_so() const {
    struct stat held, named;
    return ::fstat(file_, &held) == 0 && ::stat(name_.c_str(), &named) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
  }

  std::string name_;
  int file_ = -1;
  bool kept_ = false;
};

// Makes a rename last over a power cut. Some filesystems cannot; the rename itself stands.
void flush_directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(path, "cannot be read");
  std::string bytes;
  char block[1 << 16];
  while (in.read(block, sizeof block) || in.gcount() > 0)
    bytes.append(block, static_cast<size_t>(in.gcount()));
  if (in.bad()) fail(path, "cannot be read to its end");
  return bytes;
}

void write_file_atomically(const std::string& path, std::string_view bytes) {
  TemporaryFile file(path);
  for (size_t written = 0; written < bytes.size();) {
    const size_t part = std::min<size_t>(bytes.size() - written, 1 << 30);
    const ssize_t count = ::write(file.descriptor(), bytes.data() + written, part);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "cannot be written");
    written += static_cast<size_t>(count);
  }
  if (::fsync(file.descriptor()) != 0) fail(path, "cannot be flushed to disk");
  if (std::rename(file.name().c_str(), path.c_str()) != 0) fail(path, "cannot be replaced");
  file.keep();
  flush_directory_of(path);
}

}  // namespace tengen::nn
