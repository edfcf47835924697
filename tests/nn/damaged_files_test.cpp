// Damaged files make every reader throw an Error, or pass for whole; nothing else ever happens.
// TENGEN_FUZZ_ROUNDS damages more of them, best in a build with TENGEN_SANITIZE.
#include <gtest/gtest.h>

#include <cstdlib>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "tests/nn/foreign_readers.h"

namespace tengen::nn {
namespace {

// Numbers that sizes and counts like to be wrong by.
constexpr uint64_t kExtremes[] = {
    0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff, uint64_t{1} << 60, ~uint64_t{0}};

std::string damaged(std::string bytes, Rng& rng) {
  const auto below = [&](size_t count) { return rng.below(static_cast<uint32_t>(count)); };
  for (uint32_t left = 1 + below(4); left > 0 && !bytes.empty(); --left) {
    const size_t at = below(bytes.size());
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(8));
        break;
      case 1:
        bytes[at] = static_cast<char>(rng.bits());
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size()), below(20)));
        break;
      case 4:
        bytes.erase(at, below(8));
        break;
      default: {  // a number of up to eight bytes, in either order
        const uint64_t number = kExtremes[below(std::size(kExtremes))];
        const size_t width = size_t{1} << below(4);
        const bool big_endian = below(2) == 1;
        for (size_t i = 0; i < width && at + i < bytes.size(); ++i)
          bytes[at + i] = static_cast<char>(number >> 8 * (big_endian ? width - 1 - i : i));
      }
    }
  }
  return bytes;
}

std::string hex(const std::string& bytes) {
  std::string out;
  for (const char byte : bytes) {
    const auto value = static_cast<uint8_t>(byte);
    out += "0123456789abcdef"[value >> 4];
    out += "0123456789abcdef"[value & 15];
  }
  return out;
}

// Whether the reader threw an Error. Anything else that it throws fails the test.
bool minds(const ForeignReader& reader, const std::string& bytes) {
  try {
    reader.read(bytes);
  } catch (const Error&) {
    return true;
  } catch (const std::exception& error) {
    ADD_FAILURE() << reader.name << " throws \"" << error.what() << "\" at " << hex(bytes);
  }
  return false;
}

TEST(DamagedFiles, WholeOnesAreAccepted) {
  for (const ForeignReader& reader : foreign_readers())
    for (const std::string& file : reader.files)
      EXPECT_NO_THROW(reader.read(file)) << reader.name << ": " << hex(file);
}

TEST(DamagedFiles, AreErrorsOrPassForWhole) {
  const char* set = std::getenv("TENGEN_FUZZ_ROUNDS");
  const int64_t rounds = set ? std::atoll(set) : 300;
  for (const ForeignReader& reader : foreign_readers()) {
    int64_t errors = 0;
    for (int64_t round = 0; round < rounds; ++round) {
      Rng rng(1, static_cast<uint64_t>(round));
      const std::string& file = reader.files[rng.below(static_cast<uint32_t>(reader.files.size()))];
      errors += minds(reader, damaged(file, rng));
    }
    EXPECT_GT(errors, rounds / 10) << reader.name << " hardly minds";
  }
}

}  // namespace
}  // namespace tengen::nn
