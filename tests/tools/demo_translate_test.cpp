// `tengen demo translate` as a user runs it, on few pairs.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "nn/data/vocabulary.h"
#include "nn/io/atomic_file.h"
#include "nn/io/image_file.h"
#include "nn/io/safetensors.h"
#include "tests/nn/onnx_runtime.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

constexpr int64_t kLength = 16;  // of source and target in the exported graph

// What an exported network of the demo makes of a source of 15 characters in the independent
// runtime, given the right target: the likeliest character after each.
std::string answer_of_runtime(const nn::OnnxRuntime& runtime, const nn::ScratchFolder& folder,
                              const std::string& net, const std::string& source,
                              const std::string& target) {
  const std::string onnx = folder.path("net.onnx");
  const Finished exported = run("net export-onnx " + onnx + " --net " + net);
  EXPECT_EQ(exported.exit_code, 0) << exported.output;
  const auto architecture =
      nlohmann::json::parse(nn::load_safetensors(net).metadata.at("architecture"));
  const auto vocabulary = [&](const char* key) {
    return nn::Vocabulary::from_json(architecture.at(key).get<std::string>());
  };
  const nn::Vocabulary read = vocabulary("source_vocabulary"),
                       written = vocabulary("target_vocabulary");
  std::vector<int32_t> from = read.encode(source), to = written.encode(target);
  from.push_back(nn::Vocabulary::kEnd);
  to.insert(to.begin(), nn::Vocabulary::kBegin);
  to.resize(kLength, nn::Vocabulary::kPad);
  const auto results = runtime.run(
      {{nn::read_file(onnx),
        {"input0", "input1"},
        {nn::id_tensor(from).reshape({1, kLength}), nn::id_tensor(to).reshape({1, kLength})}}},
      folder.path());
  EXPECT_EQ(results.at(0).error, "");
  if (!results[0].error.empty()) return "";
  const std::vector<float> scores = results[0].outputs.at(0).to_vector();
  std::vector<int32_t> likeliest;
  for (size_t step = 0; step < target.size(); ++step) {
    const auto row = scores.begin() + static_cast<long>(step) * written.size();
    likeliest.push_back(static_cast<int32_t>(std::max_element(row, row + written.size()) - row));
  }
  return written.decode(likeliest);
}

TEST(DemoTranslate, LearnsDatesAndIsAskedElsewhere) {
  const nn::ScratchFolder folder;
  const std::string out = folder.path("run"), net = out + "/net.safetensors";
  const Finished done = run("demo translate --epochs 4 --out " + out);
  ASSERT_EQ(done.exit_code, 0) << done.output;
  EXPECT_TRUE(has(done.output, "pairs: dates, made by the program")) << done.output;
  EXPECT_TRUE(has(done.output, "test: BLEU 9") || has(done.output, "test: BLEU 100"))
      << done.output;
  for (const char* picture : {"/characters-loss.png", "/characters-nats.png", "/attention-1.png"})
    EXPECT_EQ(nn::read_image(out + picture).shape()[2], 3);

  const Finished asked = run("predict --net " + net + " \"3 February 1998\" \"12 oct 2031\"");
  EXPECT_EQ(asked.output, "1998-02-03\n2031-10-12\n");

  const auto runtime = nn::OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << nn::OnnxRuntime::kHowToGetIt;
  EXPECT_EQ(answer_of_runtime(*runtime, folder, net, "3 february 1998", "1998-02-03"),
            "1998-02-03");
}

TEST(DemoTranslate, TakesAFolderOfLineAlignedFiles) {
  const nn::ScratchFolder folder;
  std::string german, english;
  for (int i = 0; i < 16; ++i) {
    german += i % 2 ? "Ein Hund läuft.\n" : "Eine Katze schläft.\n";
    english += i % 2 ? "A dog is running.\n" : "A cat is sleeping.\n";
  }
  for (const char* part : {"train", "valid", "test"}) {
    folder.write(std::string(part) + ".de", german);
    folder.write(std::string(part) + ".en", english);
  }
  const Finished done = run("demo translate --recipe words --epochs 20 --data " + folder.path() +
                            " --out " + folder.path("run"));
  ASSERT_EQ(done.exit_code, 0) << done.output;
  EXPECT_TRUE(has(done.output, "written:  a dog is running.")) << done.output;
  EXPECT_TRUE(has(done.output, "written:  a cat is sleeping.")) << done.output;
  EXPECT_TRUE(has(done.output, "test: BLEU 100.00")) << done.output;
}

TEST(DemoTranslate, ErrorsNameTheFileAndTheRemedy) {
  const nn::ScratchFolder folder;
  const std::string three = folder.write("three.de", "a\nb\nc\n");
  const std::string two = folder.write("two.en", "a\nb\n");
  const std::string latin = folder.write("latin.en",
                                         "a\nb\nStra\xdf"
                                         "e\n");
  const std::pair<std::string, std::string> cases[] = {
      {"--data " + folder.path(), "looked for train.de with train.en, plain or .gz"},
      {"--data " + folder.path(), "https://github.com/multi30k/dataset"},
      {"--source " + three, "give both"},
      {"--source " + three + " --target " + two, three + ": line 3: has no partner"},
      {"--source " + three + " --target " + latin, latin + ": line 3, byte 8: not UTF-8"},
      {"--source " + two + " --target " + two, "no pairs for training, validation or test"}};
  for (const auto& [arguments, part] : cases) {
    const Finished refused = run("demo translate --out " + folder.path("run") + " " + arguments);
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

}  // namespace
}  // namespace tengen
