#include "nn/data/vocabulary.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nn/base/check.h"
#include "nn/data/text.h"

namespace tengen::nn {
namespace {

using Unit = VocabularyOptions::Unit;

const std::vector<std::string> kSpecials = {"<pad>", "<unk>", "<bos>", "<eos>"};

std::vector<std::string_view> split(std::string_view text, Unit unit) {
  return unit == Unit::kCharacter ? split_characters(text) : split_words(text);
}

struct Counted {
  std::string token;
  int64_t count;
};

std::vector<Counted> count_tokens(std::string_view text, Unit unit) {
  std::unordered_map<std::string_view, int64_t> counts;
  for (const std::string_view token : split(text, unit)) ++counts[token];
  std::vector<Counted> out;
  for (const auto& [token, count] : counts) out.push_back({std::string(token), count});
  std::sort(out.begin(), out.end(), [](const Counted& a, const Counted& b) {
    return a.count != b.count ? a.count > b.count : a.token < b.token;
  });
  return out;
}

}  // namespace

Vocabulary::Vocabulary(std::string_view text, const VocabularyOptions& options)
    : unit_(options.unit), specials_(options.specials) {
  std::vector<std::string> tokens = specials_ ? kSpecials : std::vector<std::string>();
  const auto first = static_cast<std::ptrdiff_t>(tokens.size());
  for (Counted& counted : count_tokens(text, unit_)) {
    if (counted.count < options.min_count) break;
    if (static_cast<int64_t>(tokens.size()) >= options.max_size) break;
    tokens.push_back(std::move(counted.token));
  }
  // The order of UTF-8's bytes is that of the code points.
  if (unit_ == Unit::kCharacter) std::sort(tokens.begin() + first, tokens.end());
  set_tokens(std::move(tokens));
}

void Vocabulary::set_tokens(std::vector<std::string> tokens) {
  tokens_ = std::move(tokens);
  for (size_t i = 0; i < tokens_.size(); ++i) ids_.emplace(tokens_[i], static_cast<int32_t>(i));
}

Vocabulary Vocabulary::from_json(const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    Vocabulary out;
    const auto unit = json.at("unit").get<std::string>();
    if (unit != "character" && unit != "word") throw Error("vocabulary: unit \"" + unit + "\"");
    out.unit_ = unit == "word" ? Unit::kWord : Unit::kCharacter;
    out.specials_ = json.at("specials").get<bool>();
    out.set_tokens(json.at("tokens").get<std::vector<std::string>>());
    if (out.ids_.size() != out.tokens_.size()) throw Error("vocabulary: a token stands twice");
    if (out.specials_ && !std::equal(kSpecials.begin(), kSpecials.end(), out.tokens_.begin(),
                                     out.tokens_.begin() + std::min<size_t>(out.size(), 4)))
      throw Error("vocabulary: the tokens do not begin with <pad>, <unk>, <bos>, <eos>");
    return out;
  } catch (const nlohmann::json::exception& error) {
    throw Error(std::string("vocabulary: not what to_json writes: ") + error.what());
  }
}

std::string Vocabulary::to_json() const {
  return nlohmann::ordered_json{{"unit", unit_ == Unit::kWord ? "word" : "character"},
                                {"specials", specials_},
                                {"tokens", tokens_}}
      .dump();
}

const std::string& Vocabulary::token(int32_t id) const {
  CHECK(0 <= id);
  CHECK(id < size());
  return tokens_[id];
}

bool Vocabulary::has(std::string_view token) const { return ids_.contains(std::string(token)); }

int32_t Vocabulary::id(std::string_view token) const {
  const auto found = ids_.find(std::string(token));
  if (found != ids_.end()) return found->second;
  if (specials_) return kUnknown;
  throw Error("vocabulary: it has no \"" + std::string(token) +
              "\"; build it from all texts, or with special tokens, of which <unk> is one");
}

std::vector<int32_t> Vocabulary::encode(std::string_view text) const {
  std::vector<int32_t> out;
  for (const std::string_view token : split(text, unit_)) out.push_back(id(token));
  return out;
}

std::string Vocabulary::decode(std::span<const int32_t> ids) const {
  std::string out;
  for (const int32_t id : ids) {
    if (specials_ && (id == kPad || id == kBegin || id == kEnd)) continue;
    if (unit_ == Unit::kWord && !out.empty()) out += ' ';
    out += token(id);
  }
  return out;
}

Tensor id_tensor(std::span<const int32_t> ids) {
  const std::vector<float> values(ids.begin(), ids.end());
  return Tensor({static_cast<int64_t>(ids.size())}, values);
}

}  // namespace tengen::nn
