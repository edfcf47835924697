// An encoder-decoder with attention: a bidirectional LSTM reads one sequence, an LSTM writes the
// other and looks back at what was read for every word (Bahdanau et al. 2015; Luong et al. 2015,
// "Effective Approaches to Attention-based Neural Machine Translation").
//
// As in Luong et al. the LSTM runs before the attention and, unlike there, is not fed what was
// looked at: so both walk over the whole sequence at once in training.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/data/batch.h"
#include "nn/layers/dropout.h"
#include "nn/layers/embedding.h"
#include "nn/layers/linear.h"
#include "nn/layers/recurrent.h"

namespace tengen::tools {

struct EncoderDecoderOptions {
  int64_t source_tokens = 0, target_tokens = 0;  // of the two vocabularies
  int64_t embedding = 256;                       // width of one token, read or written
  int64_t hidden = 256;                          // of each LSTM
  float dropout = 0.3f;  // of embeddings, of what was read and of what scores are made from
};

class EncoderDecoder : public nn::Module {
 public:
  using States = nn::RecurrentLayer::States;

  EncoderDecoder(const EncoderDecoderOptions& options, Rng& rng);

  // What was read of N sequences, for the decoder.
  struct Memory {
    nn::Var keys;            // [N,S,hidden]
    nn::Var values;          // [N,S,2*hidden]
    nn::AttentionMask mask;  // which of the S are real
    States first;            // where the decoder begins
  };
  // source [N,S]: tokens, of which row n has lengths[n] (empty: all S).
  Memory read(const nn::Var& source, const std::vector<int32_t>& lengths = {});

  struct Written {
    nn::Var features;      // [N,T,embedding]: what the next tokens' scores are made from
    States last;           // after the last token
    nn::Tensor attention;  // [N,T,S]: where the decoder looked
  };
  // tokens [N,T]: the target so far, from <bos> on or from where `from` stopped.
  Written write(const nn::Var& tokens, const Memory& memory, const States& from);
  // [...,embedding] -> [...,target_tokens], of the token that comes next.
  nn::Var scores(const nn::Var& features);

 private:
  nn::Embedding source_, target_;
  nn::Dropout source_dropout_, target_dropout_, feature_dropout_;
  nn::Lstm encoder_, decoder_;
  nn::Linear first_, key_, feature_, scores_;
};

// Cross-entropy a token of a batch of pairs (nn/data/sequences.h), padded to the longest. Only the
// real tokens are scored, which are the dear part.
nn::Var pair_loss(EncoderDecoder& net, const nn::Batch& batch, float label_smoothing);

}  // namespace tengen::tools
