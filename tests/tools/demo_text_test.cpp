// `tengen demo text` as a user runs it, on little text and with few cells.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "nn/data/vocabulary.h"
#include "nn/io/atomic_file.h"
#include "nn/io/image_file.h"
#include "nn/io/safetensors.h"
#include "nn/layers/dropout.h"
#include "nn/layers/embedding.h"
#include "nn/layers/linear.h"
#include "nn/layers/recurrent.h"
#include "nn/layers/sequential.h"
#include "tests/nn/onnx_comparison.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

constexpr const char* kAlphabet = "abcdefghijklmnopqrstuvwxyz ";

std::string alphabets(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += kAlphabet;
  return text;
}

TEST(DemoText, ReadsItsOwnTextWithoutData) {
  const nn::ScratchFolder folder;
  const std::string out = folder.path("run");
  const Finished done =
      run("demo text --epochs 1 --hidden 16 --characters 4000 --length 60 --out " + out +
          " --save " + folder.path("kept.safetensors"));
  ASSERT_EQ(done.exit_code, 0) << done.output;
  EXPECT_TRUE(has(done.output, "the last tenth is kept for validation")) << done.output;
  EXPECT_TRUE(has(done.output, "bits a character")) << done.output;
  for (const char* picture : {"/lstm-loss.png", "/lstm-nats.png"})
    EXPECT_EQ(nn::read_image(out + picture).shape()[2], 3);
  EXPECT_EQ(nn::read_file(out + "/net.safetensors"),
            nn::read_file(folder.path("kept.safetensors")));
}

// A text without surprises is learned, and written on in another process.
TEST(DemoText, WritesOnWhatItLearned) {
  const nn::ScratchFolder folder;
  const std::string text = folder.write("alphabets.txt", alphabets(250)), out = folder.path("run");
  const Finished done =
      run("demo text --recipe gru --epochs 25 --hidden 48 --temperature 0 "
          "--length 40 --prompt \"wxyz abc\" --no-pictures --data " +
          text + " --out " + out);
  ASSERT_EQ(done.exit_code, 0) << done.output;
  const std::string written = "wxyz " + alphabets(2).substr(0, 43);
  EXPECT_TRUE(has(done.output, "\n" + written + "\n")) << done.output;

  const Finished asked = run("predict --net " + out + "/net.safetensors \"lmno\"");
  EXPECT_EQ(asked.output.rfind("lmnopqrstu", 0), 0u) << asked.output;
  const Finished refused = run("predict --net " + out + "/net.safetensors \"abc?\"");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_TRUE(has(refused.output, "\"?\" is not in the text")) << refused.output;
}

TEST(DemoText, ExportsWhatItLearned) {
  const auto runtime = nn::OnnxRuntime::find();
  if (!runtime) GTEST_SKIP() << nn::OnnxRuntime::kHowToGetIt;
  const nn::ScratchFolder folder;
  const std::string net = folder.path("net.safetensors"), onnx = folder.path("net.onnx");
  ASSERT_EQ(run("demo text --epochs 1 --hidden 16 --characters 4000 --no-pictures --out " +
                folder.path("run") + " --save " + net)
                .exit_code,
            0);
  const Finished exported = run("net export-onnx " + onnx + " --net " + net);
  ASSERT_EQ(exported.exit_code, 0) << exported.output;

  // The same network from the library's layers.
  const nn::SafeTensors file = nn::load_safetensors(net);
  const auto architecture = nlohmann::json::parse(file.metadata.at("architecture"));
  const auto characters =
      nn::Vocabulary::from_json(architecture.at("characters").get<std::string>());
  Rng rng(1);
  nn::Sequential same;
  same.add<nn::Embedding>("embedding", characters.size(), 64, rng)
      .add<nn::Lstm>("lstm", 64, 16, rng, nn::RecurrentLayerOptions{.layers = 2, .dropout = 0.3f})
      .add<nn::Dropout>("dropout", 0.3f, rng)
      .add<nn::Linear>("scores", 16, characters.size(), rng);
  same.load_state(file.tensors);
  same.train(false);
  nn::Tensor input({1, 128});
  for (int64_t i = 0; i < 128; ++i)
    input.data()[i] = static_cast<float>(rng.below(static_cast<uint32_t>(characters.size())));
  nn::Comparison comparison;
  comparison.add("text", nn::read_file(onnx), {input}, {same.forward(nn::Var(input))});
  comparison.expect_equal(*runtime);
}

TEST(DemoText, ErrorsNameTheFileAndTheRemedy) {
  const nn::ScratchFolder folder;
  const std::string brief = folder.write("short.txt", "too short");
  const std::string latin = folder.write("latin.txt",
                                         "die\nStra\xdf"
                                         "e\n");
  const std::pair<std::string, std::string> cases[] = {
      {"--data /does/not/exist.txt", "/does/not/exist.txt"},
      {"--data " + brief, brief + ": 9 characters; give a text of at least 512"},
      {"--data " + folder.write("empty.txt", ""), "empty.txt: 0 characters"},
      {"--data " + latin, latin + ": line 2, byte 8: not UTF-8; convert the text first (iconv)"},
      {"--epochs 0", "--epochs"},
      {"--temperature -1", "--temperature"}};
  for (const auto& [arguments, part] : cases) {
    const Finished refused = run("demo text --out " + folder.path("run") + " " + arguments);
    EXPECT_NE(refused.exit_code, 0) << arguments;
    EXPECT_TRUE(has(refused.output, part)) << refused.output;
    EXPECT_FALSE(has(refused.output, "internal error")) << refused.output;
  }
}

}  // namespace
}  // namespace tengen
