// Sounds as a network hears them, to be looked at.
#pragma once

#include "tools/demos/classifier.h"

namespace tengen::tools {

// One sample of every word, of the features [N,frames,count,1].
nn::Tensor words_picture(const ClassAnswers& answers, const std::vector<std::string>& words);
// Those that were taken for another word, forty at most.
nn::Tensor misheard_picture(const ClassAnswers& answers, const std::vector<std::string>& words);

}  // namespace tengen::tools
