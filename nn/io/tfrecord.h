// TFRecord files: a row of byte strings, each with its length and two masked CRC-32C (TensorFlow,
// "TFRecord and tf.train.Example"). TensorBoard's event files are of this kind too.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "nn/io/byte_file.h"

namespace tengen::nn {

// Records in any order, from many threads. The lengths are read and checked when it is opened, a
// record's own checksum when it is read.
class TfRecordFile {
 public:
  // Plain or gzip. Error names file, record and byte: a length with a wrong checksum, a record cut
  // off at the end of the file.
  explicit TfRecordFile(const std::string& path);
  TfRecordFile(std::string bytes, std::string name);

  const std::string& name() const { return file_.name(); }
  int64_t size() const { return static_cast<int64_t>(offsets_.size()); }
  // Error if the record's checksum is wrong.
  std::string record(int64_t index) const;
  uint64_t data_offset(int64_t index) const;  // of the record's first byte in the file

 private:
  void find_records();

  ByteFile file_;
  std::vector<uint64_t> offsets_;  // of each record's length
};

// One record as it stands in a file.
std::string framed_record(std::string_view data);

// Appends records to a file, which is made if it is not there.
class TfRecordWriter {
 public:
  explicit TfRecordWriter(const std::string& path);
  void write(std::string_view data);
  // What was written is in the hands of the system: a reader beside sees it.
  void flush();

 private:
  std::string path_;
  std::ofstream out_;
};

}  // namespace tengen::nn
