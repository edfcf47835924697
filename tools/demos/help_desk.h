// What people ask a small help desk, and what it answers.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/data/text.h"

namespace tengen::tools {

// {"hello, my printer makes a strange noise. what can i do?", "Switch the printer off and look
// for something loose inside."} and so on: `count` different questions.
std::vector<nn::TextPair> help_desk_pairs(int64_t count, uint64_t seed);

}  // namespace tengen::tools
