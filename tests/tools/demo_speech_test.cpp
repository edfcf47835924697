// `tengen demo speech` as a user runs it: made tones, WAV files of several kinds, and its network
// in other processes.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "nn/io/image_file.h"
#include "tests/nn/data_folder.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"
#include "tests/tools/served_onnx.h"

namespace tengen {
namespace {

std::string little_endian(uint32_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

// A tone as mono PCM of 16 bits.
std::string wav_of(double hz, uint32_t rate, uint32_t samples) {
  std::string data;
  for (uint32_t i = 0; i < samples; ++i)
    data += little_endian(
        static_cast<uint32_t>(std::lround(9000 * std::sin(2 * std::numbers::pi * hz * i / rate))),
        2);
  const auto size = static_cast<uint32_t>(data.size());
  return "RIFF" + little_endian(36 + size, 4) + "WAVEfmt " + little_endian(16, 4) +
         little_endian(1, 2) + little_endian(1, 2) + little_endian(rate, 4) +
         little_endian(2 * rate, 4) + little_endian(2, 2) + little_endian(16, 2) + "data" +
         little_endian(size, 4) + data;
}

// Two words, a low and a high tone, of two speakers, 14 takes each; some at other rates.
void write_words(const nn::ScratchFolder& folder) {
  for (int take = 0; take < 14; ++take)
    for (const char* speaker : {"anna", "ben"})
      for (const char* word : {"high", "low"}) {
        const uint32_t rate = take % 5 == 0 ? 16000 : 8000;
        const double hz = (word == std::string("low") ? 300 : 1500) + 10 * take;
        folder.write(
            "recordings/" + std::string(word) + "_" + speaker + "_" + std::to_string(take) + ".wav",
            wav_of(hz, rate, rate / 4));
      }
}

class SpeechDemo : public ::testing::TestWithParam<std::string> {};

TEST_P(SpeechDemo, LearnsMadeTonesDrawsAndIsAsked) {
  const nn::ScratchFolder folder;
  const std::string out = folder.path("run");
  const Finished learned = run("demo speech --epochs 1 --takes 11 --out " + out + GetParam());
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  for (const char* part : {"telephone's keys, made here; 792 utterances of 12 words by 6 speakers",
                           "precision", "% of the test words are told right", "test accuracy"})
    EXPECT_TRUE(has(learned.output, part)) << part << "\n" << learned.output;
  for (const char* name : {"confusion", "words", "wrong-answers"})
    EXPECT_EQ(nn::read_image(out + "/" + name + ".png").shape()[2], 3) << name;

  const std::string net = out + "/net.safetensors";
  const Finished asked =
      run("predict --net " + net + " " + folder.write("tone.wav", wav_of(770, 44100, 20000)));
  EXPECT_EQ(asked.exit_code, 0) << asked.output;
  EXPECT_TRUE(has(asked.output, "tone.wav: 44100 Hz, resampled to 8000 Hz")) << asked.output;
  EXPECT_TRUE(has(asked.output, " %")) << asked.output;
  expect_onnx_agrees(net);
}

INSTANTIATE_TEST_SUITE_P(Recipes, SpeechDemo,
                         ::testing::Values(" --recipe cnn", " --recipe lstm --features mfcc"));

TEST(SpeechDemoFiles, AreResampledToldAndLeftOutBySpeaker) {
  const nn::ScratchFolder folder, out;
  write_words(folder);
  const Finished learned = run("demo speech --recipe speakers --epochs 2 --no-pictures --data " +
                               folder.path() + " --out " + out.path("run"));
  ASSERT_EQ(learned.exit_code, 0) << learned.output;
  for (const char* part :
       {"high_anna_0.wav: 16000 Hz, resampled to 8000 Hz", "and so were 9 more of the 56 files",
        "56 utterances of 2 words by 2 speakers", "% of the words of anna, who was left out",
        "accuracy on ben"})
    EXPECT_TRUE(has(learned.output, part)) << part << "\n" << learned.output;
}

TEST(SpeechDemoFiles, ErrorsNameTheFileAndTheRemedy) {
  const nn::ScratchFolder none, strange, empty, damaged, one_word, packed, few;
  none.write("notes.txt", "nothing");
  strange.write("seven.wav", wav_of(300, 8000, 800));
  empty.write("7_ann_0.wav", wav_of(300, 8000, 0));
  empty.write("8_ann_0.wav", wav_of(300, 8000, 800));
  damaged.write("7_ann_0.wav", wav_of(300, 8000, 800).substr(0, 300));
  damaged.write("8_ann_0.wav", wav_of(300, 8000, 800));
  one_word.write("7_ann_0.wav", wav_of(300, 8000, 800));
  packed.write("recordings.tar.xz", "");
  few.write("7_ann_0.wav", wav_of(300, 8000, 800));
  few.write("8_ann_0.wav", wav_of(300, 8000, 800));
  const std::pair<const nn::ScratchFolder*, std::vector<std::string>> cases[] = {
      {&none, {none.path(), "no WAV file", "7_jackson_32.wav", "https://"}},
      {&packed, {"unpack recordings.tar.xz first"}},
      {&strange, {"seven.wav", "WORD_SPEAKER_TAKE.wav"}},
      {&empty, {"7_ann_0.wav", "not one sample"}},
      {&damaged, {"7_ann_0.wav", "byte "}},
      {&one_word, {"every file is of the word \"7\""}},
      {&few, {few.path(), "the takes 0 to 4 test", "is empty"}}};
  for (const auto& [folder, parts] : cases) {
    const Finished refused =
        run("demo speech --epochs 1 --data " + folder->path() + " --out " + none.path("run"));
    EXPECT_EQ(refused.exit_code, 1) << refused.output;
    for (const std::string& part : parts) EXPECT_TRUE(has(refused.output, part)) << refused.output;
  }
}

// A hundred recordings of the real set are enough to see that they are read.
TEST(SpeechDemoFiles, TheFreeSpokenDigitDatasetIsRead) {
  DATA_OR_SKIP(archive, "fsdd/recordings.tar.xz");
  const nn::ScratchFolder folder, out;
  const Finished unpacked =
      run_by_shell("tar xf '" + archive + "' -C '" + folder.path() +
                   "' --wildcards '*/[0-3]_theo_?.wav' '*/[0-3]_theo_1[0-4].wav'");
  ASSERT_EQ(unpacked.exit_code, 0);
  const Finished learned = run("demo speech --epochs 1 --no-pictures --data " + folder.path() +
                               " --out " + out.path("run"));
  EXPECT_EQ(learned.exit_code, 0) << learned.output;
  EXPECT_TRUE(has(learned.output, "60 utterances of 4 words by 1 speakers")) << learned.output;
}

}  // namespace
}  // namespace tengen
