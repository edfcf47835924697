// Oracle: files written by Python's wave module.
#include "nn/data/wav.h"

#include <gtest/gtest.h>

#include "tests/nn/hex.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

const std::string kPcm8 = from_hex(
    "524946462700000057415645666d74201000000001000100401f0000401f00000100080064617461030000000080"
    "ff");
const std::string kPcm16Stereo = from_hex(
    "524946462c00000057415645666d7420100000000100020044ac000010b102000400100064617461080000000080"
    "00400000ff7f");
const std::string kPcm24 = from_hex(
    "524946462a00000057415645666d7420100000000100010080bb0000803202000300180064617461060000000000"
    "80ffff7f");
const std::string kPcm32 = from_hex(
    "524946462c00000057415645666d742010000000010001000077010000dc05000400200064617461080000000000"
    "008000000040");

std::string little(uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

// A file laid out by hand: format chunk, a chunk of another kind and of odd length, the sound.
std::string wav_of(uint32_t coding, int bits, const std::string& data,
                   const std::string& more_format = "") {
  const std::string format = little(coding, 2) + little(1, 2) + little(8000, 4) +
                             little(1000 * bits, 4) + little(bits / 8, 2) + little(bits, 2) +
                             more_format;
  const std::string body = "WAVEfmt " + little(format.size(), 4) + format + "LIST" + little(3, 4) +
                           std::string("abc\0", 4) + "data" + little(data.size(), 4) + data;
  return "RIFF" + little(body.size(), 4) + body;
}

std::string fault(const std::string& bytes) {
  return error_of([&] { parse_wav(bytes, "a.wav"); });
}

TEST(Wav, ReadsPcmOfEveryWidth) {
  const Sound eight = parse_wav(kPcm8, "");
  EXPECT_EQ(eight.sample_rate, 8000);
  EXPECT_EQ(eight.samples.shape(), (Shape{3, 1}));
  EXPECT_EQ(eight.samples.to_vector(), (std::vector<float>{-1, 0, 127 / 128.0f}));
  const Sound stereo = parse_wav(kPcm16Stereo, "");
  EXPECT_EQ(stereo.sample_rate, 44100);
  EXPECT_EQ(stereo.samples.shape(), (Shape{2, 2}));
  EXPECT_EQ(stereo.samples.to_vector(), (std::vector<float>{-1, 0.5f, 0, 32767 / 32768.0f}));
  EXPECT_EQ(mono(stereo).to_vector(), (std::vector<float>{-0.25f, 32767 / 65536.0f}));
  EXPECT_EQ(parse_wav(kPcm24, "").samples.to_vector(),
            (std::vector<float>{-1, 8388607 / 8388608.0f}));
  EXPECT_EQ(parse_wav(kPcm32, "").samples.to_vector(), (std::vector<float>{-1, 0.5f}));
}

TEST(Wav, ReadsFloatsAndTheExtensibleKind) {
  EXPECT_EQ(parse_wav(wav_of(3, 32, from_hex("0000c03f")), "").samples.item(), 1.5f);
  EXPECT_EQ(parse_wav(wav_of(3, 64, from_hex("000000000000e0bf")), "").samples.item(), -0.5f);
  // Size, valid bits, speakers, and a GUID that begins with the coding.
  const std::string guid = from_hex(
      "1600100004000000"
      "0100000000001000800000aa00389b71");
  EXPECT_EQ(parse_wav(wav_of(0xfffe, 16, from_hex("0040"), guid), "").samples.item(), 0.5f);
}

TEST(Wav, ACodingThatIsNotReadIsNamed) {
  EXPECT_EQ(fault(wav_of(6, 8, "abcd")),
            "a.wav: byte 20: A-law of 8 bits is not read; convert the file to PCM of 16 bits");
  EXPECT_NE(fault(wav_of(7, 8, "")).find("mu-law"), std::string::npos);
  EXPECT_NE(fault(wav_of(0x11, 4, "")).find("IMA ADPCM"), std::string::npos);
  EXPECT_NE(fault(wav_of(0x1234, 8, "")).find("coding 4660"), std::string::npos);
  EXPECT_NE(fault(wav_of(1, 12, "")).find("PCM of 12 bits"), std::string::npos);
  EXPECT_NE(fault(wav_of(3, 16, "")).find("float of 16 bits"), std::string::npos);
}

TEST(Wav, DamageIsAnErrorThatNamesTheByte) {
  EXPECT_NE(fault("no sound").find("a.wav: byte 0: not a WAV file"), std::string::npos);
  for (size_t length = 0; length < kPcm16Stereo.size(); ++length)
    EXPECT_NE(fault(kPcm16Stereo.substr(0, length)), "") << length;
  std::string lies = kPcm16Stereo;
  lies.replace(40, 4, "\xff\xff\xff\x7f");
  EXPECT_NE(fault(lies).find("byte 36: truncated: a chunk \"data\" of 2147483647 bytes where 8"),
            std::string::npos);
  std::string frames = kPcm16Stereo;
  frames[32] = 3;
  EXPECT_NE(fault(frames).find("contradicts itself"), std::string::npos);
  EXPECT_NE(fault(wav_of(1, 16, "abc")).find("3 bytes of sound are no whole number of 2-byte"),
            std::string::npos);
}

}  // namespace
}  // namespace tengen::nn
