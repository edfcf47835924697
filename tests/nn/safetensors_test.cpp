#include "nn/io/safetensors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/io/atomic_file.h"

namespace tengen::nn {
namespace {

namespace fs = std::filesystem;

// A folder of this test's own, removed at its end.
class SafeTensorsTest : public testing::Test {
 protected:
  SafeTensorsTest()
      : folder_(fs::temp_directory_path() / ("tengen_safetensors_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~SafeTensorsTest() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  const fs::path folder_;
};

Tensor tensor(Shape shape, const std::vector<float>& values) { return Tensor(shape, values); }

// A file as the format's description lays it out, written by hand.
std::string file_of(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  std::string out(8, '\0');
  for (int i = 0; i < 8; ++i) out[i] = static_cast<char>(length >> (8 * i));
  return out + header + data;
}

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * 4};
}

std::string error_of(const std::string& bytes) {
  try {
    parse_safetensors(bytes, "net.safetensors");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void expect_error(const std::string& bytes, const std::string& fault) {
  const std::string message = error_of(bytes);
  EXPECT_NE(message.find("net.safetensors"), std::string::npos) << message;
  EXPECT_NE(message.find(fault), std::string::npos) << message;
}

TEST_F(SafeTensorsTest, RoundTripKeepsEveryBit) {
  SafeTensors content;
  content.tensors = {{"a.weight", tensor({2, 3}, {1, -2, 3e-42f, 1e38f, -0.0f, 0.1f})},
                     {"scalar", tensor(Shape{}, {42})},
                     {"none", tensor({0, 5}, {})},
                     {"name with \"quotes\" and ü", tensor({1}, {7})}};
  content.metadata = {{"architecture", R"({"blocks":6})"}, {"note", "line\nline"}};
  save_safetensors(path("x.safetensors"), content);
  const SafeTensors read = load_safetensors(path("x.safetensors"));
  EXPECT_EQ(read.metadata, content.metadata);
  ASSERT_EQ(read.tensors.size(), content.tensors.size());
  for (const NamedTensor& expected : content.tensors) {
    bool found = false;
    for (const NamedTensor& got : read.tensors) {
      if (got.path != expected.path) continue;
      found = true;
      EXPECT_EQ(got.tensor.shape(), expected.tensor.shape());
      EXPECT_EQ(bytes_of(got.tensor.to_vector()), bytes_of(expected.tensor.to_vector()));
    }
    EXPECT_TRUE(found) << expected.path;
  }
  EXPECT_FALSE(fs::exists(path("x.safetensors.tmp")));
}

TEST_F(SafeTensorsTest, WritesTheLayoutOfTheFormat) {
  save_safetensors(path("x"), {{{"w", tensor({2}, {1.0f, 2.0f})}}, {{"k", "v"}}});
  const std::string bytes = read_file(path("x"));
  std::string header =
      R"({"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  EXPECT_EQ(bytes, file_of(header, bytes_of({1.0f, 2.0f})));
}

// What the format's first implementation (Hugging Face's) is known to write, byte for byte.
TEST_F(SafeTensorsTest, WritesWhatTheFirstImplementationWrites) {
  save_safetensors(path("empty"), {});
  EXPECT_EQ(read_file(path("empty")), std::string("\x08\0\0\0\0\0\0\0{}      ", 16));

  const std::vector<float> values{0, 1, 2, 3, 4, 5};
  save_safetensors(path("x"), {{{"attn0", tensor({1, 1, 2, 3}, values)}}, {}});
  EXPECT_EQ(read_file(path("x")),
            std::string("\x48\0\0\0\0\0\0\0", 8) +
                R"({"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       )" +
                bytes_of(values));
}

TEST_F(SafeTensorsTest, ReadsHalfPrecisionAsFloat) {
  // 1, -2, the smallest subnormal, the largest half, infinity; then 1 and -3.140625 as bfloat16.
  const std::string data("\x00\x3c\x00\xc0\x01\x00\xff\x7b\x00\x7c\x80\x3f\x49\xc0", 14);
  const SafeTensors read =
      parse_safetensors(file_of(R"({"h":{"dtype":"F16","shape":[5],"data_offsets":[0,10]},)"
                                R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[10,14]}})",
                                data),
                        "x");
  ASSERT_EQ(read.tensors.size(), 2u);
  EXPECT_EQ(read.tensors[0].tensor.to_vector(),
            (std::vector<float>{1, -2, 0x1.0p-24f, 65504, std::numeric_limits<float>::infinity()}));
  EXPECT_EQ(read.tensors[1].tensor.to_vector(), (std::vector<float>{1, -3.140625f}));
}

TEST_F(SafeTensorsTest, ReadsOtherNumbersAsFloat) {
  const std::string data("\x00\x00\x00\x00\x00\x00\xd0\xbf\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                         18);
  const SafeTensors read =
      parse_safetensors(file_of(R"({"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},)"
                                R"("i":{"dtype":"I64","shape":[],"data_offsets":[8,16]},)"
                                R"("u":{"dtype":"U8","shape":[1],"data_offsets":[16,17]},)"
                                R"("b":{"dtype":"BOOL","shape":[1],"data_offsets":[17,18]}})",
                                data),
                        "x");
  const float expected[] = {-0.25f, -2, 255, 1};
  ASSERT_EQ(read.tensors.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(read.tensors[i].tensor.item(), expected[i]);
}

TEST_F(SafeTensorsTest, ErrorsNameTheFileAndTheFault) {
  const auto with = [](const std::string& entry) {
    return file_of("{\"w\":" + entry + "}", bytes_of({1, 2}));
  };
  expect_error("", "0 bytes");
  expect_error("abc", "3 bytes");
  expect_error(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8), "a header of");
  expect_error(file_of("{}", "").substr(0, 9), "truncated");
  expect_error(file_of("{\"w\":", ""), "not JSON");
  expect_error(file_of("[1]", ""), "not a JSON object");
  expect_error(file_of(std::string(1000, '['), ""), "nested");
  expect_error(file_of(R"({"__metadata__":{"k":1}})", ""), "not a string");
  expect_error(with("3"), "tensor w has not the keys");
  expect_error(with(R"({"dtype":"F32","shape":[2]})"), "tensor w has not the keys");
  expect_error(with(R"({"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]})"), "type F8_E4M3");
  expect_error(with(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"), "not a count");
  expect_error(with(R"({"dtype":"F32","shape":[2.5],"data_offsets":[0,8]})"), "not a count");
  expect_error(with(R"({"dtype":"F32","shape":[99999999,99999999],"data_offsets":[0,8]})"),
               "too large");
  expect_error(with(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"), "needs 12 bytes");
  expect_error(with(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})"), "before it begins");
  expect_error(with(R"({"dtype":"F32","shape":[3],"data_offsets":[0,12]})"), "truncated");
  expect_error(with(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})"), "belong to no tensor");
  expect_error(with(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})"), "a hole");
  const std::string both = R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  expect_error(file_of("{\"a\":" + both + ",\"b\":" + both + "}", bytes_of({1, 2})), "overlaps");
  expect_error(file_of("{\"a\":" + both + ",\"a\":" + both + "}", bytes_of({1, 2})), "twice");
}

TEST_F(SafeTensorsTest, AFileThatCannotBeReadOrWrittenIsAnErrorWithItsName) {
  for (const std::string& bad : {path("missing.safetensors"), folder_.string()}) {
    try {
      load_safetensors(bad);
      FAIL() << "nothing was thrown for " << bad;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(bad), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(save_safetensors(path("no/such/folder/x"), {}), Error);
}

TEST_F(SafeTensorsTest, AFailedWriteLeavesTheOldFile) {
  save_safetensors(path("x"), {{{"w", tensor({1}, {1.0f})}}, {}});
  const std::string before = read_file(path("x"));
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, old.rlim_max};  // stands in for a full disk
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(save_safetensors(path("x"), {{{"w", Tensor(Shape{5000})}}, {}}), Error);
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(read_file(path("x")), before);
  EXPECT_FALSE(fs::exists(path("x.tmp")));
}

TEST_F(SafeTensorsTest, ALeftoverOfAKilledWriterIsNoHindrance) {
  std::ofstream(path("x.tmp")) << std::string(100000, '#');
  save_safetensors(path("x"), {{{"w", tensor({1}, {1.0f})}}, {}});
  EXPECT_EQ(load_safetensors(path("x")).tensors.size(), 1u);
  EXPECT_FALSE(fs::exists(path("x.tmp")));
}

// Changed bytes are an Error or a valid file, never anything else.
TEST_F(SafeTensorsTest, MutationsNeverCrash) {
  SafeTensors content;
  content.tensors = {{"conv.weight", Tensor(Shape{3, 3, 2, 2})}, {"bias", Tensor(Shape{2})}};
  content.metadata = {{"architecture", R"({"blocks":6})"}};
  save_safetensors(path("x"), content);
  const std::string good = read_file(path("x"));
  const size_t header = good.find("}}") + 10;

  Rng rng(1);
  int errors = 0;
  constexpr int kTrials = 20000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::string bytes = good;
    for (int change = 1 + static_cast<int>(rng.below(3)); change > 0; --change) {
      const uint32_t limit = static_cast<uint32_t>(std::min(bytes.size(), header));
      if (limit == 0) break;
      const uint32_t at = rng.below(limit);
      switch (rng.below(4)) {
        case 0:
          bytes[at] = static_cast<char>(rng.below(256));
          break;
        case 1:
          bytes.erase(at, 1 + rng.below(8));
          break;
        case 2:
          bytes.insert(at, 1 + rng.below(4), "0123456789[]{},:\"e-"[rng.below(19)]);
          break;
        case 3:
          bytes.resize(rng.below(static_cast<uint32_t>(bytes.size())));
          break;
      }
    }
    try {
      parse_safetensors(bytes, "mutant");
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GT(errors, kTrials / 2);
  EXPECT_LT(errors, kTrials);  // a changed letter of a name is no fault
}

}  // namespace
}  // namespace tengen::nn
