#include "tools/demos/spoken_words.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <utility>

#include "nn/base/check.h"
#include "nn/data/resample.h"
#include "nn/data/wav.h"

namespace tengen::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhereToGet =
    "files like 7_jackson_32.wav, WORD_SPEAKER_TAKE.wav, were looked for; the Free Spoken Digit "
    "Dataset has 3,000: https://github.com/Jakobovski/free-spoken-digit-dataset";

struct NamedFile {
  std::string path, word, speaker;
  int64_t take;
};

NamedFile parsed_name(const fs::path& path) {
  const std::string stem = path.stem().string();
  const size_t first = stem.find('_'), last = stem.rfind('_');
  NamedFile file{path.string(), stem.substr(0, first), "", -1};
  bool fits = first != std::string::npos && first > 0 && first + 1 < last;
  if (fits) {
    file.speaker = stem.substr(first + 1, last - first - 1);
    const char* end = stem.data() + stem.size();
    const auto [rest, fault] = std::from_chars(stem.data() + last + 1, end, file.take);
    fits = fault == std::errc() && rest == end && file.take >= 0;
  }
  if (!fits)
    throw Error(path.string() + ": the name is not of the form WORD_SPEAKER_TAKE.wav, as " +
                "7_jackson_32.wav is; rename the file or take it out of the folder");
  return file;
}

std::vector<NamedFile> files_of(const std::string& folder) {
  fs::path place = folder;
  if (fs::is_directory(place / "recordings")) place /= "recordings";
  if (!fs::is_directory(place)) throw Error(folder + ": is no folder; " + kWhereToGet);
  std::vector<NamedFile> files;
  std::string archive;
  for (const fs::directory_entry& entry : fs::directory_iterator(place)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".tar") != std::string::npos) archive = name;
    if (entry.path().extension() == ".wav" && !name.starts_with("."))
      files.push_back(parsed_name(entry.path()));
  }
  if (files.empty())
    throw Error(
        place.string() + ": there is no WAV file; " +
        (archive.empty() ? kWhereToGet : "unpack " + archive + " first: tar xf " + archive));
  std::sort(files.begin(), files.end(),
            [](const NamedFile& a, const NamedFile& b) { return a.path < b.path; });
  return files;
}

class Utterances : public nn::Dataset {
 public:
  explicit Utterances(std::vector<nn::Sample> samples) : samples_(std::move(samples)) {}
  int64_t size() const override { return static_cast<int64_t>(samples_.size()); }
  nn::Sample get(int64_t index) const override { return samples_.at(index); }

 private:
  std::vector<nn::Sample> samples_;
};

std::vector<std::string> sorted_names(const std::vector<NamedFile>& files,
                                      std::string NamedFile::*name) {
  std::set<std::string> names;
  for (const NamedFile& file : files) names.insert(file.*name);
  return {names.begin(), names.end()};
}

int64_t index_of(const std::vector<std::string>& names, const std::string& name) {
  return std::lower_bound(names.begin(), names.end(), name) - names.begin();
}

nn::Sound read_sound(const std::string& path) {
  nn::Sound sound = nn::read_wav(path);
  if (sound.samples.size() == 0)
    throw Error(path + ": there is no sound in it, not one sample; record it again");
  return sound;
}

void tell_of_rate(const std::string& path, int rate) {
  fmt::print("{}: {} Hz, resampled to {} Hz\n", path, rate, kSpeechRate);
}

}  // namespace

nn::Tensor read_speech(const std::string& path) {
  const nn::Sound sound = read_sound(path);
  if (sound.sample_rate != kSpeechRate) tell_of_rate(path, sound.sample_rate);
  return nn::resampled_sound(nn::mono(sound), sound.sample_rate, kSpeechRate);
}

SpokenWords read_spoken_words(const std::string& folder) {
  const std::vector<NamedFile> files = files_of(folder);
  SpokenWords spoken{.source = folder,
                     .words = sorted_names(files, &NamedFile::word),
                     .speakers = sorted_names(files, &NamedFile::speaker),
                     .utterances = {}};
  if (spoken.words.size() < 2)
    throw Error(folder + ": every file is of the word \"" + spoken.words[0] +
                "\"; there is nothing to tell apart");
  int64_t resampled = 0;
  constexpr int64_t kTold = 3;  // one by one
  for (const NamedFile& file : files) {
    const nn::Sound sound = read_sound(file.path);
    if (sound.sample_rate != kSpeechRate && ++resampled <= kTold)
      tell_of_rate(file.path, sound.sample_rate);
    spoken.utterances.push_back(
        {nn::resampled_sound(nn::mono(sound), sound.sample_rate, kSpeechRate),
         index_of(spoken.words, file.word), index_of(spoken.speakers, file.speaker), file.take});
  }
  if (resampled > kTold)
    fmt::print("... and so were {} more of the {} files.\n", resampled - kTold, files.size());
  return spoken;
}

nn::DatasetPtr utterances_of(const SpokenWords& spoken, const Wanted& wanted) {
  std::vector<nn::Sample> samples;
  for (const Utterance& utterance : spoken.utterances)
    if (wanted(utterance))
      samples.push_back({utterance.samples, nn::scalar_tensor(static_cast<float>(utterance.word))});
  if (samples.empty())
    throw Error(spoken.source + ": of every word and speaker the takes 0 to 4 test, 5 to 9 " +
                "validate and all others train, but one of these three parts is empty");
  return std::make_shared<Utterances>(std::move(samples));
}

}  // namespace tengen::tools
