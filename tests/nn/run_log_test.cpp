// Logs of a training: read back by the library's own readers, and by protoc where it is there.
#include "nn/training/run_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "nn/base/rng.h"
#include "nn/io/atomic_file.h"
#include "nn/io/tfrecord.h"
#include "nn/io/wire_format.h"
#include "nn/training/event_log.h"
#include "nn/training/json_log.h"
#include "tests/nn/scratch_folder.h"

namespace tengen::nn {
namespace {

// The first field of a message with this number; Error from the reader if the bytes are broken.
WireField field(std::string_view message, int number) {
  WireReader reader(message, "event");
  while (const auto found = reader.next())
    if (found->number == number) return *found;
  ADD_FAILURE() << "no field " << number;
  return {};
}

// Event.summary.value[0]
std::string_view value_of(std::string_view event) { return field(field(event, 5).bytes, 1).bytes; }

std::vector<double> doubles(std::string_view bytes) {
  std::vector<double> out(bytes.size() / sizeof(double));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

TEST(EventLog, ScalarsAreReadBack) {
  const ScratchFolder folder;
  EventLog log(folder.path("run"));
  EXPECT_NE(log.path().find("/events.out.tfevents."), std::string::npos);
  log.scalar("loss/train", 7, 0.25);
  log.scalar("loss/train", 1'000'000'000'000, std::nan(""));
  log.flush();

  const TfRecordFile file(log.path());
  ASSERT_EQ(file.size(), 3);
  EXPECT_EQ(field(file.record(0), 3).bytes, "brain.Event:2");
  const std::string first = file.record(1), second = file.record(2);
  EXPECT_GT(field(first, 1).as_double(), 1.7e9);  // seconds since 1970
  EXPECT_EQ(field(first, 2).value, 7u);
  EXPECT_EQ(field(value_of(first), 1).bytes, "loss/train");
  EXPECT_EQ(field(value_of(first), 2).as_float(), 0.25f);
  EXPECT_EQ(field(second, 2).value, 1'000'000'000'000u);
  EXPECT_TRUE(std::isnan(field(value_of(second), 2).as_float()));
}

TEST(EventLog, HistogramsHoldEveryValueOnce) {
  const ScratchFolder folder;
  EventLog log(folder.path());
  std::vector<float> values{0.0f, -3.0f, 1e-20f, 1e30f};
  Rng rng(1);
  for (int i = 0; i < 996; ++i) values.push_back(static_cast<float>(rng.normal()));
  log.histogram("weights", 3, values);
  log.flush();

  const std::string event = TfRecordFile(log.path()).record(1);
  const std::string_view histogram = field(value_of(event), 5).bytes;
  EXPECT_EQ(field(histogram, 2).as_double(), 1e30f);
  EXPECT_EQ(field(histogram, 3).as_double(), 1000.0);
  const std::vector<double> limits = doubles(field(histogram, 6).bytes);
  const std::vector<double> counts = doubles(field(histogram, 7).bytes);
  ASSERT_EQ(limits.size(), counts.size());
  // Each bucket holds exactly the values from the limit before it up to its own.
  double before = -INFINITY;
  for (size_t k = 0; k < limits.size(); ++k) {
    ASSERT_LT(before, limits[k]);
    const auto inside = std::count_if(values.begin(), values.end(),
                                      [&](float x) { return x >= before && x < limits[k]; });
    EXPECT_EQ(counts[k], static_cast<double>(inside)) << limits[k];
    before = limits[k];
  }
}

TEST(EventLog, ImagesArePngFiles) {
  const ScratchFolder folder;
  EventLog log(folder.path());
  log.image("digits", 0, Tensor({2, 3, 1}, std::vector<float>{0, 0.5f, 1, 1, 0.5f, 0}));
  log.flush();
  const std::string event = TfRecordFile(log.path()).record(1);
  const std::string_view image = field(value_of(event), 4).bytes;
  EXPECT_EQ(field(image, 1).value, 2u);  // height
  EXPECT_EQ(field(image, 2).value, 3u);  // width
  EXPECT_EQ(field(image, 3).value, 1u);  // channels
  EXPECT_TRUE(field(image, 4).bytes.starts_with("\x89PNG"));
}

// The independent reader: Google's own, which knows the encoding but none of our code.
TEST(EventLog, ProtocReadsTheEvents) {
  if (std::system("protoc --version >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "needs protoc (Debian's protobuf-compiler)";
  const ScratchFolder folder;
  EventLog log(folder.path());
  log.scalar("accuracy", 12, 0.5);
  log.histogram("gradients", 12, std::vector<float>{1, 2, 3});
  log.flush();
  const TfRecordFile file(log.path());
  std::string text;
  for (int64_t i = 0; i < file.size(); ++i) {
    const std::string event = folder.write("event", file.record(i));
    ASSERT_EQ(std::system(("protoc --decode_raw < " + event + " > " + folder.path("text")).c_str()),
              0);
    text += read_file(folder.path("text"));
  }
  for (const char* part : {"3: \"brain.Event:2\"", "2: 12", "1: \"accuracy\"", "2: 0x3f000000",
                           "1: \"gradients\"", "3: 0x4008000000000000"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(EventLog, TwoLogsOfOneFolderAreTwoFiles) {
  const ScratchFolder folder;
  EXPECT_NE(EventLog(folder.path()).path(), EventLog(folder.path()).path());
}

TEST(RunLogs, WriteToAllAndAppend) {
  const ScratchFolder folder;
  const std::string path = folder.path("log.jsonl");
  for (int run = 0; run < 2; ++run) {  // the second goes on where the first was
    JsonLog json(path);
    EventLog events(folder.path("events"));
    RunLogs both({&json, &events});
    both.scalar("loss", 1 + run, run == 0 ? 0.5 : std::nan(""));
    both.histogram("weights", 1, std::vector<float>{1, 3});
    both.image("picture", 1, Tensor(Shape{2, 3, 1}));
    both.flush();
    EXPECT_EQ(TfRecordFile(events.path()).size(), 4);
  }
  std::istringstream lines(read_file(path));
  std::vector<nlohmann::json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(objects.size(), 6u);
  EXPECT_EQ(objects[0]["tag"], "loss");
  EXPECT_EQ(objects[0]["step"], 1);
  EXPECT_EQ(objects[0]["value"], 0.5);
  EXPECT_GT(objects[0]["time"], 1.7e9);
  EXPECT_EQ(objects[1]["histogram"]["mean"], 2.0);
  EXPECT_EQ(objects[1]["histogram"]["deviation"], 1.0);
  EXPECT_EQ(objects[2]["image"], (std::vector<int>{2, 3, 1}));
  EXPECT_TRUE(objects[3]["value"].is_null());
}

TEST(RunLogs, WhatCannotBeWrittenIsNamed) {
  const ScratchFolder folder;
  expect_error([&] { JsonLog log(folder.path("missing/log.jsonl")); }, {"missing/log.jsonl"});
  folder.write("file", "");
  expect_error([&] { EventLog log(folder.path("file")); }, {folder.path("file")});
  EventLog log(folder.path("events"));
  expect_error(
      [&] {
        log.histogram("weights", 5, std::vector<float>{1, INFINITY});
      },
      {"weights at step 5: 1 of 2 values"});
}

}  // namespace
}  // namespace tengen::nn
