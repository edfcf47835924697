#include "nn/io/byte_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "nn/base/check.h"
#include "nn/io/gzip.h"

namespace tengen::nn {

ByteFile::ByteFile(const std::string& path) : name_(path) {
  const auto fail_with_reason = [&](const char* what) {
    const std::string reason = std::strerror(errno);
    if (file_ >= 0) ::close(file_);
    throw Error(path + ": " + what + ": " + reason);
  };
  file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) fail_with_reason("cannot be read");
  struct stat about;
  if (::fstat(file_, &about) != 0) fail_with_reason("cannot be read");
  if (!S_ISREG(about.st_mode)) {
    ::close(file_);
    throw Error(path + ": not a file");
  }
  size_ = static_cast<uint64_t>(about.st_size);
  char magic[2];
  if (::pread(file_, magic, 2, 0) != 2 || !is_gzip({magic, 2})) return;
  ::close(file_);
  file_ = -1;
  bytes_ = read_file_or_gzip(path);
  size_ = bytes_.size();
}

ByteFile::ByteFile(std::string bytes, std::string name)
    : name_(std::move(name)), bytes_(std::move(bytes)) {
  if (is_gzip(bytes_)) bytes_ = gunzip(bytes_, name_);
  size_ = bytes_.size();
}

ByteFile::~ByteFile() {
  if (file_ >= 0) ::close(file_);
}

void ByteFile::fail(uint64_t offset, const std::string& what) const {
  throw Error(name_ + ": byte " + std::to_string(offset) + ": " + what);
}

std::string ByteFile::read(uint64_t offset, uint64_t count, std::string_view what) const {
  const uint64_t left = offset < size_ ? size_ - offset : 0;
  if (count > left)
    fail(offset, std::string(what) + " needs " + std::to_string(count) + " bytes, " +
                     std::to_string(left) + " are left; the file is truncated or damaged");
  if (file_ < 0) return bytes_.substr(offset, count);
  std::string out(count, '\0');
  for (uint64_t done = 0; done < count;) {
    const ssize_t part =
        ::pread(file_, out.data() + done, count - done, static_cast<off_t>(offset + done));
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) fail(offset + done, std::string("cannot be read: ") + std::strerror(errno));
    if (part == 0) fail(offset + done, "the file became shorter while it was read");
    done += static_cast<uint64_t>(part);
  }
  return out;
}

uint32_t little_u32(std::string_view bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

uint64_t little_u64(std::string_view bytes) {
  return uint64_t{little_u32(bytes.substr(4))} << 32 | little_u32(bytes);
}

}  // namespace tengen::nn
