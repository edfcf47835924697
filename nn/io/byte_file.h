// A file of records read in any order: parts of a plain file as they are asked for, a gzip file
// unpacked into memory once. Threads may read at the same time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tengen::nn {

class ByteFile {
 public:
  // Error names the file and the reason.
  explicit ByteFile(const std::string& path);
  // The same from memory; `name` stands for the file in errors.
  ByteFile(std::string bytes, std::string name);
  ~ByteFile();
  ByteFile(const ByteFile&) = delete;
  ByteFile& operator=(const ByteFile&) = delete;

  const std::string& name() const { return name_; }
  uint64_t size() const { return size_; }
  // Exactly `count` bytes. Error "NAME: byte 96: WHAT needs 1152921504606846976 bytes, 20 are
  // left; ..." before anything is allocated if the file is too short.
  std::string read(uint64_t offset, uint64_t count, std::string_view what) const;

  // Error "NAME: byte OFFSET: WHAT".
  [[noreturn]] void fail(uint64_t offset, const std::string& what) const;

 private:
  std::string name_;
  int file_ = -1;  // -1: all of it is in bytes_
  std::string bytes_;
  uint64_t size_ = 0;
};

// Little-endian numbers at the front of `bytes`, which must be long enough.
uint32_t little_u32(std::string_view bytes);
uint64_t little_u64(std::string_view bytes);

}  // namespace tengen::nn
