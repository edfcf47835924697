#include "nn/data/record_io.h"

#include <bit>
#include <cmath>

#include "nn/base/check.h"
#include "nn/io/image_file.h"

namespace tengen::nn {
namespace {

// Every part: u32 magic, u32 kind and length, the data, zeros up to a multiple of four bytes. Data
// that holds the magic number at such a multiple is cut there, and the number left out.
constexpr uint32_t kMagic = 0xced7230a;
constexpr uint64_t kPartHeader = 8;
enum PartKind : uint32_t { kWhole = 0, kFirst = 1, kMiddle = 2, kLast = 3 };

struct Part {
  uint32_t kind = kWhole;
  uint64_t length = 0;
  uint64_t next = 0;  // where the part after it begins
};

Part part_at(const ByteFile& file, uint64_t at, const std::string& what) {
  const std::string header = file.read(at, kPartHeader, what);
  if (little_u32(header) != kMagic)
    file.fail(at, what +
                      " does not begin with RecordIO's magic number; the file is damaged or of "
                      "another format");
  const uint32_t word = little_u32(std::string_view(header).substr(4));
  Part part{word >> 29, word & ((1u << 29) - 1), 0};
  const uint64_t left = file.size() - at - kPartHeader;
  if (part.length > left)
    file.fail(at, what + " claims " + std::to_string(part.length) + " bytes, " +
                      std::to_string(left) + " are left; the file is truncated");
  part.next = at + kPartHeader + (part.length + 3) / 4 * 4;
  return part;
}

std::string record_text(int64_t index) { return "record " + std::to_string(index); }

class RecordIoImages : public Dataset {
 public:
  RecordIoImages(const std::string& path, int classes) : file_(path), classes_(classes) {}
  int64_t size() const override { return file_.size(); }
  Sample get(int64_t index) const override {
    const std::string name = file_.name() + ": " + record_text(index);
    const std::string bytes = file_.record(index);
    const ImageRecord record = parse_image_record(bytes, name);
    const float label = record.labels[0];
    if (!(label >= 0 && label < static_cast<float>(classes_)) || label != std::floor(label))
      throw Error(name + ": label " + std::to_string(label) + " where a whole number below " +
                  std::to_string(classes_) + " is expected");
    return {parse_image(record.image, name), scalar_tensor(label)};
  }

 private:
  RecordIoFile file_;
  int classes_;
};

}  // namespace

RecordIoFile::RecordIoFile(const std::string& path) : file_(path) { find_records(); }

RecordIoFile::RecordIoFile(std::string bytes, std::string name)
    : file_(std::move(bytes), std::move(name)) {
  find_records();
}

void RecordIoFile::find_records() {
  bool inside = false;  // a record whose last part has not come
  for (uint64_t at = 0; at < file_.size();) {
    const std::string what = record_text(size() - (inside ? 1 : 0));
    const Part part = part_at(file_, at, what);
    if (part.kind > kLast || inside != (part.kind == kMiddle || part.kind == kLast))
      file_.fail(at, what + ": a part of kind " + std::to_string(part.kind) +
                         " out of turn; the file is damaged");
    if (!inside) offsets_.push_back(at);
    inside = part.kind == kFirst || part.kind == kMiddle;
    at = part.next;
  }
  if (inside)
    file_.fail(file_.size(), record_text(size() - 1) + " has no last part; the file is truncated");
}

std::string RecordIoFile::record(int64_t index) const {
  CHECK(0 <= index);
  CHECK(index < size());
  const std::string what = record_text(index);
  std::string out;
  for (uint64_t at = offsets_[index];;) {
    const Part part = part_at(file_, at, what);
    out += file_.read(at + kPartHeader, part.length, what);
    if (part.kind == kWhole || part.kind == kLast) return out;
    for (int i = 0; i < 4; ++i) out += static_cast<char>(kMagic >> (8 * i));
    at = part.next;
  }
}

// u32 count of labels, f32 label, u64 id, u64 id2; with a count the labels follow, else the one in
// the header holds.
ImageRecord parse_image_record(std::string_view record, const std::string& name) {
  constexpr size_t kHeader = 24;
  if (record.size() < kHeader)
    throw Error(name + ": " + std::to_string(record.size()) +
                " bytes, too few for the header of an image");
  ImageRecord out;
  const uint32_t count = little_u32(record);
  out.id = little_u64(record.substr(8));
  out.id2 = little_u64(record.substr(16));
  if (count > (record.size() - kHeader) / 4)
    throw Error(name + ": claims " + std::to_string(count) + " labels in " +
                std::to_string(record.size()) + " bytes; the record is damaged");
  if (count == 0) out.labels.push_back(std::bit_cast<float>(little_u32(record.substr(4))));
  for (uint32_t i = 0; i < count; ++i)
    out.labels.push_back(std::bit_cast<float>(little_u32(record.substr(kHeader + 4 * i))));
  out.image = record.substr(kHeader + 4 * size_t{count});
  return out;
}

DatasetPtr record_io_images(const std::string& path, int classes) {
  CHECK(classes > 0);
  return std::make_shared<RecordIoImages>(path, classes);
}

}  // namespace tengen::nn
