// Vocabulary: the tokens of a text as whole numbers from 0 on, and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "nn/tensor.h"

namespace tengen::nn {

struct VocabularyOptions {
  enum class Unit { kCharacter, kWord };
  Unit unit = Unit::kCharacter;
  // <pad> = 0, <unk> = 1, <bos> = 2, <eos> = 3 before all others. Without them a token that the
  // vocabulary lacks is an Error.
  bool specials = false;
  int64_t min_count = 1;       // rarer tokens are left out
  int64_t max_size = 1 << 20;  // the most frequent are kept
};

class Vocabulary {
 public:
  static constexpr int32_t kPad = 0, kUnknown = 1, kBegin = 2, kEnd = 3;

  // Characters in the order of their code points, words by falling frequency, then by spelling.
  Vocabulary(std::string_view text, const VocabularyOptions& options);
  // What to_json made, to be stored with a network (in a safetensors file's metadata, say).
  static Vocabulary from_json(const std::string& text);
  std::string to_json() const;

  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }
  const std::string& token(int32_t id) const;
  bool has(std::string_view token) const;
  int32_t id(std::string_view token) const;  // <unk> for one that it lacks, or an Error
  std::vector<int32_t> encode(std::string_view text) const;
  // Characters are joined, words too, with blanks between them. <pad>, <bos> and <eos> are left
  // out.
  std::string decode(std::span<const int32_t> ids) const;

 private:
  Vocabulary() = default;
  void set_tokens(std::vector<std::string> tokens);

  VocabularyOptions::Unit unit_ = VocabularyOptions::Unit::kCharacter;
  bool specials_ = false;
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, int32_t> ids_;
};

Tensor id_tensor(std::span<const int32_t> ids);  // [T]

}  // namespace tengen::nn
