// Texts as training data: windows for language models, pairs for translation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/data/dataset.h"
#include "nn/data/text.h"
#include "nn/data/vocabulary.h"

namespace tengen::nn {

// Windows of `length` tokens, each `stride` after the one before (0: `length`): {ids [T], the same
// shifted by one [T]}. Error if there is not one window.
DatasetPtr window_dataset(std::span<const int32_t> ids, int64_t length, int64_t stride = 0);

// For networks whose state is carried from batch to batch: an order for subset() in which row r of
// each batch continues row r of the batch before. Drops what does not fill all rows.
std::vector<int64_t> continued_order(int64_t windows, int64_t batch_size);

struct PairOptions {
  int64_t max_tokens = 64;  // of each text; the rest is cut off
};
// {source <eos> [S], <bos> target <eos> [T]}, for a Loader with .padding = Vocabulary::kPad. Both
// vocabularies have special tokens.
DatasetPtr pair_dataset(std::span<const TextPair> pairs, const Vocabulary& source,
                        const Vocabulary& target, const PairOptions& options = {});

}  // namespace tengen::nn
