// Recordings of single words by several speakers, several takes each, as a folder of WAV files
// holds them (or tone_words.h makes them).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::tools {

constexpr int kSpeechRate = 8000;  // Hz, of all samples here

struct Utterance {
  nn::Tensor samples;     // [T], within [-1, 1]
  int64_t word, speaker;  // indices of the names below
  int64_t take;
};

struct SpokenWords {
  std::string source;                        // what it is and where it came from, to be told
  std::vector<std::string> words, speakers;  // names
  std::vector<Utterance> utterances;
};

// The files WORD_SPEAKER_TAKE.wav of a folder, or of its sub-folder "recordings", as those of the
// Free Spoken Digit Dataset are called: 7_jackson_32.wav. Words and speakers are in the
// order of the alphabet. Sounds at another rate are resampled, which is told on standard output.
// Error names the folder or the file: none there, a name of another form, a file that is damaged or
// without a sample, fewer than two words.
SpokenWords read_spoken_words(const std::string& folder);
// One file as samples [T] at kSpeechRate, with a word about another rate.
nn::Tensor read_speech(const std::string& path);

using Wanted = std::function<bool(const Utterance&)>;
// {samples [T], word []} of those utterances that are `wanted`; an Error if that is none of them.
nn::DatasetPtr utterances_of(const SpokenWords& spoken, const Wanted& wanted);

}  // namespace tengen::tools
