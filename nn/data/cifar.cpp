#include "nn/data/cifar.h"

#include "nn/base/check.h"
#include "nn/data/byte_images.h"
#include "nn/io/gzip.h"

namespace tengen::nn {
namespace {

constexpr size_t kSide = 32, kPlane = kSide * kSide, kColours = 3;

struct CifarKind {
  size_t labels;  // bytes before the pixels; the last is the class
  int classes;
};

void append_file(const std::string& path, CifarKind kind, ByteImages& out) {
  const std::string bytes = read_file_or_gzip(path);
  const size_t record = kind.labels + kColours * kPlane;
  if (bytes.empty() || bytes.size() % record != 0)
    throw Error(path + ": " + std::to_string(bytes.size()) + " bytes are no whole number of " +
                std::to_string(record) + "-byte records; it is truncated, or another version (" +
                "the binary one is read)");
  for (size_t at = 0; at < bytes.size(); at += record) {
    const uint8_t label = static_cast<uint8_t>(bytes[at + kind.labels - 1]);
    if (label >= kind.classes)
      throw Error(path + ": record " + std::to_string(at / record) + ": byte " +
                  std::to_string(at + kind.labels - 1) + ": label " + std::to_string(label) +
                  " where one below " + std::to_string(kind.classes) + " is expected");
    out.classes.push_back(label);
    const char* planes = bytes.data() + at + kind.labels;
    for (size_t pixel = 0; pixel < kPlane; ++pixel)
      for (size_t colour = 0; colour < kColours; ++colour)
        out.pixels += planes[colour * kPlane + pixel];
  }
}

DatasetPtr read(const std::vector<std::string>& paths, CifarKind kind) {
  ByteImages out{kSide, kSide, kColours, {}, {}};
  for (const std::string& path : paths) append_file(path, kind, out);
  return image_dataset(std::move(out));
}

}  // namespace

DatasetPtr cifar10(const std::vector<std::string>& paths) { return read(paths, {1, 10}); }
DatasetPtr cifar100(const std::vector<std::string>& paths) { return read(paths, {2, 100}); }

}  // namespace tengen::nn
