// RecordIO, MXNet's files of records, and the images in them (dmlc-core, recordio.h; MXNet,
// "Create a dataset with RecordIO").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nn/data/dataset.h"
#include "nn/io/byte_file.h"

namespace tengen::nn {

// Records in any order, from many threads. A record may lie in the file in parts.
class RecordIoFile {
 public:
  // Error names file, record and byte: a part without the magic number, out of turn or cut off.
  explicit RecordIoFile(const std::string& path);
  RecordIoFile(std::string bytes, std::string name);

  const std::string& name() const { return file_.name(); }
  int64_t size() const { return static_cast<int64_t>(offsets_.size()); }
  std::string record(int64_t index) const;

 private:
  void find_records();

  ByteFile file_;
  std::vector<uint64_t> offsets_;
};

// A record that holds an image: its labels, its numbers, and the file (PNG or JPEG) as packed.
struct ImageRecord {
  std::vector<float> labels;  // one, or as many as the header says
  uint64_t id = 0, id2 = 0;
  std::string_view image;  // points into the record
};
ImageRecord parse_image_record(std::string_view record, const std::string& name);

// Samples {[H,W,C] in [0,1], class []}. Error names file and record, also for a label that is not
// whole or not below `classes`.
DatasetPtr record_io_images(const std::string& path, int classes);

}  // namespace tengen::nn
