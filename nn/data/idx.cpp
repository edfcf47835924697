#include "nn/data/idx.h"

#include <bit>
#include <filesystem>

#include "nn/base/check.h"
#include "nn/data/byte_images.h"
#include "nn/io/gzip.h"

namespace tengen::nn {
namespace {

enum IdxType : uint8_t {
  kUint8 = 0x08,
  kInt8 = 0x09,
  kInt16 = 0x0b,
  kInt32 = 0x0c,
  kFloat32 = 0x0d,
  kFloat64 = 0x0e
};

size_t bytes_of(uint8_t type) {
  switch (type) {
    case kUint8:
    case kInt8:
      return 1;
    case kInt16:
      return 2;
    case kInt32:
    case kFloat32:
      return 4;
    case kFloat64:
      return 8;
    default:
      return 0;
  }
}

[[noreturn]] void fail(const std::string& name, size_t at, const std::string& what) {
  throw Error(name + ": byte " + std::to_string(at) + ": " + what);
}

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

struct IdxArray {
  uint8_t type = kUint8;
  Shape shape;
  std::string bytes;   // the whole file
  size_t data_at = 0;  // where its numbers begin
};

// Zero, zero, type, rank; a u32 for each axis; the numbers.
IdxArray parse(std::string bytes, const std::string& name) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
    fail(name, 0, "not an IDX file: it does not begin with two zero bytes, a type and a rank");
  IdxArray out;
  out.type = static_cast<uint8_t>(bytes[2]);
  const size_t element = bytes_of(out.type);
  if (element == 0)
    fail(name, 2, "not an IDX file: number type " + std::to_string(out.type) + " is unknown");
  const size_t rank = static_cast<uint8_t>(bytes[3]);
  out.data_at = 4 + 4 * rank;
  if (rank == 0 || rank > Shape::kMaxRank || out.data_at > bytes.size())
    fail(name, 3,
         "a rank of " + std::to_string(rank) + " with " + std::to_string(bytes.size() - 4) +
             " bytes to follow; the file is damaged");
  const uint64_t there = bytes.size() - out.data_at;
  std::vector<int64_t> dims;
  uint64_t size = element;
  for (size_t axis = 0; axis < rank; ++axis) {
    const uint64_t length = big_endian(std::string_view(bytes).substr(4 + 4 * axis, 4));
    // No product beyond 2^64: size stays within what is there, or becomes zero.
    if (length > 0 && size > there / length)
      fail(name, 4 + 4 * axis,
           "truncated: the sizes claim more than the " + std::to_string(there) +
               " bytes of data that are there; fetch the file again");
    size *= length;
    dims.push_back(static_cast<int64_t>(length));
  }
  if (size != there)
    fail(name, out.data_at,
         std::to_string(size) + " bytes of data are expected, " + std::to_string(there) +
             " are there; the file is damaged");
  out.shape = Shape(dims);
  out.bytes = std::move(bytes);
  return out;
}

float number(uint8_t type, uint64_t bits) {
  switch (type) {
    case kUint8:
      return static_cast<float>(bits);
    case kInt8:
      return static_cast<int8_t>(bits);
    case kInt16:
      return static_cast<int16_t>(bits);
    case kInt32:
      return static_cast<float>(static_cast<int32_t>(bits));
    case kFloat32:
      return std::bit_cast<float>(static_cast<uint32_t>(bits));
    default:
      return static_cast<float>(std::bit_cast<double>(bits));
  }
}

IdxArray read_bytes(const std::string& path, const char* what) {
  IdxArray out = parse(read_file_or_gzip(path), path);
  if (out.type != kUint8)
    fail(path, 2,
         std::string(what) + " must be unsigned bytes (type 8), not type " +
             std::to_string(out.type));
  return out;
}

}  // namespace

Tensor parse_idx(std::string bytes, const std::string& name) {
  const IdxArray array = parse(std::move(bytes), name);
  const size_t element = bytes_of(array.type);
  std::vector<float> values(array.shape.size());
  std::string_view data = std::string_view(array.bytes).substr(array.data_at);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = number(array.type, big_endian(data.substr(i * element, element)));
  return Tensor(array.shape, values);
}

Tensor read_idx(const std::string& path) { return parse_idx(read_file_or_gzip(path), path); }

DatasetPtr idx_dataset(const std::string& images_path, const std::string& labels_path,
                       int classes) {
  CHECK(classes > 0);
  IdxArray images = read_bytes(images_path, "images");
  const IdxArray labels = read_bytes(labels_path, "labels");
  const int rank = images.shape.rank();
  if (rank != 3 && rank != 4)
    fail(images_path, 3, "images must be [N,H,W] or [N,H,W,C], not " + images.shape.text());
  if (images.shape.size() == 0) fail(images_path, 4, "no image in " + images.shape.text());
  if (labels.shape.rank() != 1 || labels.shape[0] != images.shape[0])
    fail(labels_path, 4,
         "labels " + labels.shape.text() + " do not belong to images " + images.shape.text() +
             " of " + images_path);
  ByteImages out{images.shape[1],
                 images.shape[2],
                 rank == 4 ? images.shape[3] : 1,
                 std::move(images.bytes),
                 {}};
  out.pixels.erase(0, images.data_at);
  for (size_t at = labels.data_at; at < labels.bytes.size(); ++at) {
    const uint8_t label = static_cast<uint8_t>(labels.bytes[at]);
    if (label >= classes)
      fail(labels_path, at,
           "record " + std::to_string(at - labels.data_at) + ": label " + std::to_string(label) +
               " where one below " + std::to_string(classes) + " is expected");
    out.classes.push_back(label);
  }
  return image_dataset(std::move(out));
}

DatasetPtr mnist(const std::string& folder, MnistPart part) {
  const auto found = [&](const std::string& name) {
    const std::string path = folder + (part == MnistPart::kTrain ? "/train-" : "/t10k-") + name;
    if (std::filesystem::exists(path)) return path;
    if (std::filesystem::exists(path + ".gz")) return path + ".gz";
    throw Error(path + ": not there, neither with .gz; name the folder of the four IDX files");
  };
  const std::string images = found("images-idx3-ubyte");
  return idx_dataset(images, found("labels-idx1-ubyte"));
}

}  // namespace tengen::nn
