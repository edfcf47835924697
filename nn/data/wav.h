// WAV files: sound as PCM of 8, 16, 24 or 32 bits or as floats (Microsoft and IBM 1991, with
// WAVE_FORMAT_EXTENSIBLE).
#pragma once

#include <string>
#include <string_view>

#include "nn/tensor.h"

namespace tengen::nn {

struct Sound {
  int sample_rate = 0;  // Hz
  Tensor samples;       // [T, channels], within [-1, 1] if it was PCM
};

// The mean of the channels, [T].
Tensor mono(const Sound& sound);

// Plain or gzip. Error names the file, the byte and the fault: no WAV, a kind of coding that is not
// read (by its name), sizes that disagree, truncated.
Sound read_wav(const std::string& path);
// The same from memory; `name` stands for the file in errors.
Sound parse_wav(std::string_view bytes, const std::string& name);

}  // namespace tengen::nn
