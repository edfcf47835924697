// .npy and .npz files: numpy's own are read, ours are read back, damaged ones are refused.
#include "nn/io/npz.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/io/atomic_file.h"
#include "nn/io/npy.h"
#include "nn/io/weights_file.h"
#include "nn/layers/linear.h"
#include "tests/nn/hex.h"

namespace tengen::nn {
namespace {

std::string path(const std::string& name) { return testing::TempDir() + "npz_test_" + name; }

void expect_error(const std::function<void()>& call, const std::string& part) {
  try {
    call();
    ADD_FAILURE() << "accepted, though it should say: " << part;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

// numpy.savez (1.24.2) of {'a.weight': arange(6, dtype='<f4').reshape(2, 3) / 4,
// 'b': asfortranarray(arange(6, dtype='<i8').reshape(2, 3))}; then savez_compressed.
const std::string_view kStored =
    "504b0304140000000000000021000a9c00a498000000980000000c001400612e7765696768742e6e7079010010"
    "0098000000000000009800000000000000934e554d5059010076007b276465736372273a20273c6634272c2027"
    "666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c2033292c207d20202020"
    "202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020200a000000000000803e0000003f0000403f0000803f0000a03f504b030414000000000000"
    "002100f73b7814b0000000b000000005001400622e6e707901001000b000000000000000b00000000000000093"
    "4e554d5059010076007b276465736372273a20273c6938272c2027666f727472616e5f6f72646572273a205472"
    "75652c20277368617065273a2028322c2033292c207d2020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020202020202020202020200a0000000000000000"
    "03000000000000000100000000000000040000000000000002000000000000000500000000000000504b010214"
    "03140000000000000021000a9c00a498000000980000000c0000000000000000000000800100000000612e7765"
    "696768742e6e7079504b0102140314000000000000002100f73b7814b0000000b0000000050000000000000000"
    "0000008001d6000000622e6e7079504b050600000000020002006d000000bd0100000000";
const std::string_view kDeflated =
    "504b0304140000000800000021000a9c00a456000000980000000c001400612e7765696768742e6e7079010010"
    "00980000000000000056000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a0"
    "9e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a0ac69a3a0ab50a64032e063068b0"
    "0312f60c0c0e40dc00c40bec01504b030414000000080000002100f73b781455000000b000000005001400622e"
    "6e707901001000b00000000000000055000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e"
    "9369a1aea3a09e965f54529498179f5f94920a120f292a4d050a17672416a402b91a463a0ac69a3a0ab50ae403"
    "2e06286086d28c509a054a33416956280d00504b01021403140000000800000021000a9c00a456000000980000"
    "000c0000000000000000000000800100000000612e7765696768742e6e7079504b010214031400000008000000"
    "2100f73b781455000000b0000000050000000000000000000000800194000000622e6e7079504b050600000000"
    "020002006d000000200100000000";

TEST(Npz, NumpysOwnFilesAreRead) {
  for (const std::string_view hex : {kStored, kDeflated}) {
    const std::vector<NamedTensor> read = parse_npz(from_hex(hex), "numpy's");
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0].path, "a.weight");
    EXPECT_EQ(read[0].tensor.shape(), (Shape{2, 3}));
    EXPECT_EQ(read[0].tensor.to_vector(), (std::vector<float>{0, 0.25f, 0.5f, 0.75f, 1, 1.25f}));
    EXPECT_EQ(read[1].path, "b");  // whole numbers, first axis fastest
    EXPECT_EQ(read[1].tensor.to_vector(), (std::vector<float>{0, 1, 2, 3, 4, 5}));
  }
}

TEST(Npz, WhatIsSavedIsReadBack) {
  const std::vector<NamedTensor> tensors = {
      {"net.weight", Tensor({2, 3}, std::vector<float>{1, -2, 3.5f, 0, 1e-30f, -1e30f})},
      {"scalar", Tensor(Shape{}, std::vector<float>{7})},
      {"empty", Tensor(Shape{0, 4})},
      {"vector", Tensor(Shape{1000})}};
  for (const ZipMethod method : {ZipMethod::kStored, ZipMethod::kDeflated}) {
    save_npz(path("a.npz"), tensors, method);
    const std::vector<NamedTensor> read = load_npz(path("a.npz"));
    ASSERT_EQ(read.size(), tensors.size());
    for (size_t i = 0; i < read.size(); ++i) {
      EXPECT_EQ(read[i].path, tensors[i].path);
      EXPECT_EQ(read[i].tensor.shape(), tensors[i].tensor.shape());
      EXPECT_EQ(read[i].tensor.to_vector(), tensors[i].tensor.to_vector());
    }
  }
  EXPECT_LT(std::filesystem::file_size(path("a.npz")), 1500u);  // a thousand zeros, deflated
}

TEST(Npz, EqualTensorsMakeEqualFiles) {
  const std::vector<NamedTensor> tensors = {{"w", Tensor(Shape{3})}};
  save_npz(path("one.npz"), tensors);
  save_npz(path("two.npz"), tensors);
  EXPECT_EQ(read_file(path("one.npz")), read_file(path("two.npz")));
}

TEST(Npz, DamagedFilesAreRefusedByName) {
  const std::string good = from_hex(kStored);
  expect_error([&] { parse_npz(good.substr(0, 300), "half.npz"); }, "half.npz: not a readable");
  expect_error([&] { parse_npz("", "empty.npz"); }, "empty.npz: not a readable");
  expect_error([&] { parse_npz("text", "text.npz"); }, "text.npz: not a readable");
  std::string flipped = good;
  flipped[flipped.find("\x80\x3e")] = '\x40';  // 0.25 becomes another number
  expect_error([&] { parse_npz(flipped, "flipped.npz"); }, "flipped.npz: a.weight.npy: cannot be");
}

std::string npy(const std::string& dictionary, const std::string& data) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(dictionary.size());
  return bytes + '\0' + dictionary + data;
}

TEST(Npy, EveryKindOfNumberBecomesAFloat) {
  const auto values = [](const std::string& type, const std::string& data) {
    return parse_npy(
               npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2,), }", data), "x")
        .to_vector();
  };
  using Floats = std::vector<float>;
  EXPECT_EQ(values("|b1", from_hex("0100")), (Floats{1, 0}));
  EXPECT_EQ(values("|i1", from_hex("ff02")), (Floats{-1, 2}));
  EXPECT_EQ(values("|u1", from_hex("ff02")), (Floats{255, 2}));
  EXPECT_EQ(values("<i2", from_hex("feff0300")), (Floats{-2, 3}));
  EXPECT_EQ(values("<u4", from_hex("0000010003000000")), (Floats{65536, 3}));
  EXPECT_EQ(values("<i8", from_hex("ffffffffffffffff0500000000000000")), (Floats{-1, 5}));
  EXPECT_EQ(values("<f2", from_hex("003c00c0")), (Floats{1, -2}));
  EXPECT_EQ(values("<f4", from_hex("0000803e0000a03f")), (Floats{0.25f, 1.25f}));
  EXPECT_EQ(values("<f8", from_hex("000000000000d03f00000000000024c0")), (Floats{0.25f, -10}));
}

TEST(Npy, WhatIsSavedIsReadBack) {
  const Tensor tensor({2, 3}, std::vector<float>{1, -2, 3.5f, 0, 1e-30f, -1e30f});
  save_npy(path("a.npy"), tensor);
  EXPECT_EQ(load_npy(path("a.npy")).shape(), tensor.shape());
  EXPECT_EQ(load_npy(path("a.npy")).to_vector(), tensor.to_vector());
  expect_error([] { load_npy(path("missing.npy")); }, path("missing.npy"));
}

TEST(Npy, LyingAndForeignHeadersAreRefused) {
  const auto refused = [](const std::string& dictionary, const std::string& part) {
    expect_error([&] { parse_npy(npy(dictionary, "12345678"), "x.npy"); }, part);
  };
  const std::string rest = ", 'fortran_order': False, 'shape': (2,)}";
  refused("{'descr': '>f4'" + rest, "x.npy: not a readable .npy array: big-endian");
  refused("{'descr': '<c8'" + rest, ".astype('<f4')");
  refused("{'descr': [('a', '<f4')]" + rest, "structured");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "needs 12 bytes");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976,)}", "2^40");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999)}", "2^40");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "a size");
  refused("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,)}", "True or False");
  refused("{'descr': '<f4', 'shape': (2,)}", "lacks one of");
  refused("{'descr': '<f4", "damaged");
  refused("", "damaged");
  expect_error([] { parse_npy("\x93NUMPY", "x.npy"); }, "ends within its header");
  expect_error([] { parse_npy(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12), "x.npy"); },
               "header should have 4294967295 bytes");
}

TEST(Npz, NoMutantCrashes) {
  const std::string good[] = {from_hex(kStored), from_hex(kDeflated)};
  Rng rng(3);
  int errors = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::string bytes = good[trial % 2];
    for (int change = 1 + static_cast<int>(rng.below(3)); change > 0; --change)
      bytes[rng.below(static_cast<uint32_t>(bytes.size()))] = static_cast<char>(rng.below(256));
    if (rng.below(8) == 0) bytes.resize(rng.below(static_cast<uint32_t>(bytes.size())));
    try {
      parse_npz(bytes, "mutant");
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GT(errors, kTrials / 2);
  EXPECT_LT(errors, kTrials);  // a changed date or letter of a name is no fault
}

TEST(WeightsFile, TheEndingTellsTheKind) {
  Rng rng(1);
  for (const char* ending : {"w.npz", "w.safetensors"}) {
    const Linear saved(3, 2, rng);
    save_weights(path(ending), saved);
    Linear loaded(3, 2, rng);
    load_weights(path(ending), loaded);
    for (size_t i = 0; i < saved.state().size(); ++i)
      EXPECT_EQ(loaded.state()[i].tensor.to_vector(), saved.state()[i].tensor.to_vector());
    Linear other(4, 2, rng);
    expect_error([&] { load_weights(path(ending), other); }, path(ending) + ": these weights");
  }
  expect_error([] { load_tensors("weights.pt"); }, "weights.pt: weights files end in");
}

TEST(WeightsFile, WeightsThatAreNoNumbersAreRefused) {
  Rng rng(1);
  for (const float wrong : {std::nanf(""), INFINITY}) {
    const Linear saved(3, 2, rng);
    saved.parameters()[1].var.value().values()[1] = wrong;
    save_weights(path("wrong.npz"), saved);
    Linear loaded(3, 2, rng);
    const std::vector<float> before = loaded.state()[0].tensor.to_vector();
    expect_error([&] { load_weights(path("wrong.npz"), loaded); },
                 path("wrong.npz") + ": tensor bias holds " + std::to_string(wrong));
    EXPECT_EQ(loaded.state()[0].tensor.to_vector(), before);
  }
}

}  // namespace
}  // namespace tengen::nn
