// Words that nobody needs to record: the tones of a telephone's keys, in noise.
#pragma once

#include "tools/demos/spoken_words.h"

namespace tengen::tools {

struct ToneWordsOptions {
  int64_t takes = 20;  // of every key on every telephone
  uint64_t seed = 1;
};

// Twelve keys, each two sines at once (ITU-T Q.23, table 1), dialled on six telephones that are
// the speakers: each is out of tune by up to 3 % and louder in one of the sines by up to 6 dB. The
// takes differ in length (0.1 to 0.5 s), loudness, phase and noise (0 to 20 dB below the tones).
SpokenWords tone_words(const ToneWordsOptions& options);

}  // namespace tengen::tools
