#include "selfplay/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"

namespace tengen::selfplay {
namespace {

[[noreturn]] void fail(const std::string& path, const char* doing, int error) {
  throw Error(path + ": cannot " + doing + ": " + std::strerror(error));
}

// 0, or the error of the first write that failed.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

}  // namespace

LineFile::LineFile(std::string path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail(path_, "be opened", errno);
  const std::string bytes = nn::read_file(path_);
  const size_t newline = bytes.rfind('\n');
  size_ = newline == std::string::npos ? 0 : static_cast<int64_t>(newline + 1);
  if (size_ < static_cast<int64_t>(bytes.size()) && ::ftruncate(descriptor_, size_) != 0)
    fail(path_, "cut its torn last line", errno);
}

LineFile::~LineFile() { ::close(descriptor_); }

void LineFile::append(std::string_view line) {
  CHECK(line.find('\n') == std::string_view::npos);
  std::string bytes(line);
  bytes.push_back('\n');
  const int error = write_all(descriptor_, bytes);
  if (error != 0) {
    // Take back what went in; if even that fails, the next opening cuts it.
    [[maybe_unused]] const int ignored = ::ftruncate(descriptor_, size_);
    fail(path_, "grow", error);
  }
  size_ += static_cast<int64_t>(bytes.size());
}

void LineFile::sync() {
  if (::fsync(descriptor_) != 0) fail(path_, "reach the disk", errno);
}

void LineFile::clear() {
  if (::ftruncate(descriptor_, 0) != 0) fail(path_, "be emptied", errno);
  size_ = 0;
}

FolderLock::FolderLock(const std::string& folder) {
  const std::string path = folder + "/lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail(path, "be opened", errno);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(descriptor_);
    if (error == EWOULDBLOCK)
      throw Error(folder +
                  ": another process is training in this folder; stop it first, or choose "
                  "another folder with --run");
    fail(path, "be locked", error);
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace tengen::selfplay
