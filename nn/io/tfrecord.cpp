#include "nn/io/tfrecord.h"

#include <cerrno>
#include <cstring>

#include "nn/base/check.h"
#include "nn/io/crc32c.h"

namespace tengen::nn {
namespace {

// u64 length, u32 checksum of these eight bytes, the data, u32 checksum of the data.
constexpr uint64_t kHeaderBytes = 12, kFooterBytes = 4;

// A checksum of data that holds checksums is weak; so it is rotated and shifted.
uint32_t masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xa282ead8;
}

void append_little(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

std::string record_text(int64_t index) { return "record " + std::to_string(index); }

}  // namespace

TfRecordFile::TfRecordFile(const std::string& path) : file_(path) { find_records(); }

TfRecordFile::TfRecordFile(std::string bytes, std::string name)
    : file_(std::move(bytes), std::move(name)) {
  find_records();
}

void TfRecordFile::find_records() {
  for (uint64_t at = 0; at < file_.size();) {
    const std::string what = record_text(size());
    const std::string header = file_.read(at, kHeaderBytes, "the length of " + what);
    if (little_u32(std::string_view(header).substr(8)) !=
        masked_crc(std::string_view(header).substr(0, 8)))
      file_.fail(at,
                 what + ": the length has a wrong checksum; the file is damaged, or no TFRecord");
    const uint64_t length = little_u64(header);
    const uint64_t left = file_.size() - at - kHeaderBytes;
    if (left < kFooterBytes || length > left - kFooterBytes)
      file_.fail(at, what + " claims " + std::to_string(length) + " bytes, " +
                         std::to_string(left) + " are left; the file is truncated");
    offsets_.push_back(at);
    at += kHeaderBytes + length + kFooterBytes;
  }
}

uint64_t TfRecordFile::data_offset(int64_t index) const {
  CHECK(0 <= index);
  CHECK(index < size());
  return offsets_[index] + kHeaderBytes;
}

std::string TfRecordFile::record(int64_t index) const {
  const uint64_t begin = data_offset(index);
  const uint64_t next = index + 1 < size() ? offsets_[index + 1] : file_.size();
  std::string data = file_.read(begin, next - begin, record_text(index));
  const uint32_t expected = little_u32(std::string_view(data).substr(data.size() - kFooterBytes));
  data.resize(data.size() - kFooterBytes);
  if (masked_crc(data) != expected)
    file_.fail(begin, record_text(index) + " has a wrong checksum; fetch the file again");
  return data;
}

std::string framed_record(std::string_view data) {
  std::string out;
  out.reserve(kHeaderBytes + data.size() + kFooterBytes);
  append_little(out, data.size(), 8);
  append_little(out, masked_crc(out), 4);
  out += data;
  append_little(out, masked_crc(data), 4);
  return out;
}

TfRecordWriter::TfRecordWriter(const std::string& path)
    : path_(path), out_(path, std::ios::binary | std::ios::app) {
  if (!out_) throw Error(path + ": cannot be opened for writing: " + std::strerror(errno));
}

void TfRecordWriter::write(std::string_view data) {
  const std::string record = framed_record(data);
  if (!out_.write(record.data(), static_cast<std::streamsize>(record.size())))
    throw Error(path_ + ": cannot be written: " + std::strerror(errno));
}

void TfRecordWriter::flush() {
  if (!out_.flush()) throw Error(path_ + ": cannot be written: " + std::strerror(errno));
}

}  // namespace tengen::nn
