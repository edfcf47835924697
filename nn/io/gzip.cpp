#include "nn/io/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "nn/base/check.h"
#include "nn/io/atomic_file.h"

namespace tengen::nn {
namespace {

constexpr int kGzipFraming = 16 + MAX_WBITS;  // zlib's way to say "gzip, not zlib"
constexpr size_t kBlock = size_t{1} << 18;

// One z_stream of its scope, fed from `in` in pieces that its 32-bit counters can hold.
class Stream {
 public:
  using End = int (*)(z_stream*);
  Stream(std::string_view in, End end) : in_(in), end_(end) {}
  ~Stream() { end_(&z_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream& z() { return z_; }
  bool feed() {  // false when all was given
    if (z_.avail_in > 0 || in_.empty()) return z_.avail_in > 0;
    const size_t part = std::min<size_t>(in_.size(), size_t{1} << 30);
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in_.data()));
    z_.avail_in = static_cast<uInt>(part);
    in_.remove_prefix(part);
    return true;
  }
  size_t left() const { return in_.size() + z_.avail_in; }
  // One step of inflate or deflate, its output appended to `out`.
  template <class Step>
  int run(Step step, int flush, std::string& out) {
    block_.resize(kBlock);
    z_.next_out = reinterpret_cast<Bytef*>(block_.data());
    z_.avail_out = static_cast<uInt>(kBlock);
    const int result = step(&z_, flush);
    out.append(block_, 0, kBlock - z_.avail_out);
    return result;
  }

 private:
  std::string_view in_;
  End end_;
  z_stream z_{};
  std::string block_;
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

std::string gunzip(std::string_view bytes, const std::string& name) {
  Stream stream(bytes, inflateEnd);
  CHECK(inflateInit2(&stream.z(), kGzipFraming) == Z_OK);
  std::string out;
  for (;;) {
    if (!stream.feed() && stream.z().avail_out > 0)
      throw Error(name + ": the gzip stream is cut off after " + std::to_string(out.size()) +
                  " unpacked bytes; fetch the file again");
    const int result = stream.run(inflate, Z_NO_FLUSH, out);
    if (result == Z_STREAM_END) {
      if (stream.left() == 0) return out;
      inflateReset(&stream.z());  // the next member
      continue;
    }
    if (result != Z_OK && result != Z_BUF_ERROR)
      throw Error(name + ": byte " + std::to_string(bytes.size() - stream.left()) +
                  ": not a valid gzip file (" + (stream.z().msg ? stream.z().msg : "damaged") +
                  "); fetch the file again");
  }
}

std::string gzip(std::string_view bytes) {
  Stream stream(bytes, deflateEnd);
  CHECK(deflateInit2(&stream.z(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipFraming, 8,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out;
  for (;;) {
    stream.feed();
    const bool last = stream.left() == stream.z().avail_in;
    if (stream.run(deflate, last ? Z_FINISH : Z_NO_FLUSH, out) == Z_STREAM_END) return out;
  }
}

std::string read_file_or_gzip(const std::string& path) {
  std::string bytes = read_file(path);
  return is_gzip(bytes) ? gunzip(bytes, path) : bytes;
}

}  // namespace tengen::nn
