#include "nn/data/wav.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "nn/base/check.h"
#include "nn/device.h"
#include "nn/io/gzip.h"

namespace tengen::nn {
namespace {

constexpr uint32_t kPcm = 1, kFloat = 3, kExtensible = 0xfffe;

std::string coding_name(uint32_t tag) {
  switch (tag) {
    case 2:
      return "Microsoft ADPCM";
    case 6:
      return "A-law";
    case 7:
      return "mu-law";
    case 0x11:
      return "IMA ADPCM";
    case 0x31:
      return "GSM 6.10";
    case 0x50:
    case 0x55:
      return "MPEG audio";
    default:
      return "coding " + std::to_string(tag);
  }
}

struct Format {
  uint32_t coding = 0, channels = 0, sample_rate = 0, frame_bytes = 0, bits = 0;
};

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  Sound read() {
    if (bytes_.size() < 12 || !bytes_.starts_with("RIFF") || bytes_.substr(8, 4) != "WAVE")
      fail(0, "not a WAV file: it does not begin with RIFF and WAVE");
    bool has_format = false;
    for (at_ = 12; at_ + 8 <= bytes_.size();) {
      const std::string_view kind = bytes_.substr(at_, 4);
      const uint64_t length = number(at_ + 4, 4), left = bytes_.size() - at_ - 8;
      if (length > left)
        fail(at_, "truncated: a chunk \"" + printable(kind) + "\" of " + std::to_string(length) +
                      " bytes where " + std::to_string(left) + " are left; fetch the file again");
      if (kind == "fmt ") {
        read_format(length);
        has_format = true;
      } else if (kind == "data") {
        if (!has_format) fail(at_, "the sound stands before its format");
        return {static_cast<int>(format_.sample_rate), samples(bytes_.substr(at_ + 8, length))};
      }
      at_ += 8 + length + length % 2;  // chunks begin at even bytes
    }
    fail(bytes_.size(), "truncated: no sound before the end; fetch the file again");
  }

 private:
  [[noreturn]] void fail(size_t at, const std::string& what) const {
    throw Error(name_ + ": byte " + std::to_string(at) + ": " + what);
  }

  static std::string printable(std::string_view kind) {
    std::string out(kind);
    for (char& c : out)
      if (c < ' ' || c > '~') c = '?';
    return out;
  }

  uint64_t number(size_t at, int bytes) const {  // little-endian
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(bytes_[at + i]);
    return value;
  }

  void read_format(uint64_t length) {
    const size_t at = at_ + 8;
    if (length < 16) fail(at_, "a format of " + std::to_string(length) + " bytes; 16 are needed");
    format_.coding = static_cast<uint32_t>(number(at, 2));
    format_.channels = static_cast<uint32_t>(number(at + 2, 2));
    format_.sample_rate = static_cast<uint32_t>(number(at + 4, 4));
    format_.frame_bytes = static_cast<uint32_t>(number(at + 12, 2));
    format_.bits = static_cast<uint32_t>(number(at + 14, 2));
    // The extensible kind has the true coding at the front of its GUID.
    if (format_.coding == kExtensible) {
      if (length < 40) fail(at_, "an extensible format of " + std::to_string(length) + " bytes");
      format_.coding = static_cast<uint32_t>(number(at + 24, 2));
    }
    const bool is_read = (format_.coding == kPcm && format_.bits % 8 == 0 && format_.bits >= 8 &&
                          format_.bits <= 32) ||
                         (format_.coding == kFloat && (format_.bits == 32 || format_.bits == 64));
    if (!is_read)
      fail(at, (format_.coding == kPcm     ? "PCM"
                : format_.coding == kFloat ? "float"
                                           : coding_name(format_.coding)) +
                   std::string(" of ") + std::to_string(format_.bits) +
                   " bits is not read; convert the file to PCM of 16 bits");
    if (format_.channels == 0 || format_.sample_rate == 0 || format_.sample_rate > 100'000'000 ||
        format_.frame_bytes != format_.channels * format_.bits / 8)
      fail(at, "the format contradicts itself: " + std::to_string(format_.channels) +
                   " channels of " + std::to_string(format_.bits) + " bits at " +
                   std::to_string(format_.sample_rate) + " Hz in frames of " +
                   std::to_string(format_.frame_bytes) + " bytes; the file is damaged");
  }

  float sample(const char* from) const {
    uint64_t bits = 0;
    const int bytes = static_cast<int>(format_.bits / 8);
    for (int i = bytes - 1; i >= 0; --i) bits = bits << 8 | static_cast<uint8_t>(from[i]);
    if (format_.coding == kFloat)
      return bytes == 4 ? std::bit_cast<float>(static_cast<uint32_t>(bits))
                        : static_cast<float>(std::bit_cast<double>(bits));
    if (bytes == 1) return (static_cast<float>(bits) - 128.0f) / 128.0f;  // the only unsigned kind
    // To the top of 32 bits, so that the sign is in its place.
    const auto top = static_cast<int32_t>(static_cast<uint32_t>(bits) << (32 - format_.bits));
    return static_cast<float>(top) * 0x1.0p-31f;
  }

  Tensor samples(std::string_view data) const {
    if (data.size() % format_.frame_bytes != 0)
      fail(at_, std::to_string(data.size()) + " bytes of sound are no whole number of " +
                    std::to_string(format_.frame_bytes) + "-byte frames; the file is damaged");
    const auto frames = static_cast<int64_t>(data.size() / format_.frame_bytes);
    Tensor out =
        Tensor::uninitialized({frames, static_cast<int64_t>(format_.channels)}, cpu_device());
    const char* from = data.data();
    for (float& value : out.values()) {
      value = sample(from);
      from += format_.bits / 8;
    }
    return out;
  }

  std::string_view bytes_;
  const std::string& name_;
  size_t at_ = 0;  // the chunk that is read
  Format format_;
};

}  // namespace

Sound parse_wav(std::string_view bytes, const std::string& name) {
  return Reader(bytes, name).read();
}

Sound read_wav(const std::string& path) { return parse_wav(read_file_or_gzip(path), path); }

Tensor mono(const Sound& sound) {
  CHECK(sound.samples.shape().rank() == 2);
  const int64_t frames = sound.samples.shape()[0], channels = sound.samples.shape()[1];
  Tensor out({frames});
  const std::span<const float> from = sound.samples.values();
  for (int64_t i = 0; i < frames * channels; ++i) out.data()[i / channels] += from[i];
  for (float& value : out.values()) value /= static_cast<float>(channels);
  return out;
}

}  // namespace tengen::nn
