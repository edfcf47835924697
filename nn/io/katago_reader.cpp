// The file of a KataGo network of model version 8: words and numbers as text with white space
// between them, and blocks of weights, "@BIN@" and then little-endian floats. Every layer begins
// with its name and sizes; which layers follow which is fixed but for the kinds of blocks, so that
// the sizes are all said twice and can be checked. (KataGo: python/export_model.py,
// cpp/neuralnet/desc.cpp.)
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "nn/base/check.h"
#include "nn/io/katago_layers.h"
#include "nn/io/katago_net.h"

namespace tengen::nn {
namespace {

constexpr int64_t kVersion = 8;
constexpr size_t kLongestWord = 200;
constexpr int64_t kMostChannels = 1 << 20;
constexpr int64_t kWidestKernel = 31;  // and dilation: padding must stay within reason
constexpr std::string_view kWeightsMark = "@BIN@";

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The pieces of the file in order. Every complaint names the byte and the layer.
class Pieces {
 public:
  Pieces(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  [[noreturn]] void fail(const std::string& what, const std::string& remedy) const {
    throw Error(file_ + ": byte " + std::to_string(at_) + (layer_.empty() ? "" : ": layer ") +
                layer_ + ": " + what + "; " + remedy);
  }
  [[noreturn]] void fail(const std::string& what) const {
    fail(what, "the file is damaged or no KataGo network, fetch it again");
  }

  void begin_layer() {
    leave_layer();
    layer_ = word("a layer's name");
  }
  void leave_layer() { layer_.clear(); }

  std::string word(const char* what) {
    skip_blanks();
    size_t end = at_;
    while (end < bytes_.size() && bytes_[end] > ' ' && bytes_[end] < '\x7f') ++end;
    if (end == bytes_.size()) fail(std::string("cut off in ") + what);
    if (end == at_ || !is_blank(bytes_[end]) || end - at_ > kLongestWord)
      fail(std::string(what) + " is expected, this is no text");
    const std::string_view out = bytes_.substr(at_, end - at_);
    at_ = end;
    return std::string(out);
  }

  int64_t count(const char* what, int64_t least, int64_t most) {
    const std::string text = word(what);
    int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || *stop != '\0' || value < least || value > most)
      fail("\"" + text + "\" for " + what + " where a number from " + std::to_string(least) +
           " to " + std::to_string(most) + " is expected");
    return value;
  }

  float positive(const char* what) {
    const std::string text = word(what);
    float value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || *stop != '\0' || !std::isfinite(value) || value <= 0)
      fail("\"" + text + "\" for " + what + " where a number above 0 is expected");
    return value;
  }

  // The sizes are within bounds that keep their product below 2^62.
  Tensor weights(const Shape& shape) {
    skip_blanks();
    if (!bytes_.substr(at_).starts_with(kWeightsMark))
      fail("no binary weights", "of KataGo's files the .bin.gz and .bin can be read, not the .txt");
    at_ += kWeightsMark.size();
    const uint64_t wanted = static_cast<uint64_t>(shape.size()) * sizeof(float);
    if (wanted > bytes_.size() - at_)
      fail("truncated: weights " + shape.text() + " need " + std::to_string(wanted) + " bytes, " +
           std::to_string(bytes_.size() - at_) + " are left");
    Tensor out(shape);
    std::memcpy(out.data(), bytes_.data() + at_, wanted);
    for (const float value : out.values()) {
      if (!std::isfinite(value)) fail("a weight is " + std::to_string(value) + ", not a number");
      at_ += sizeof value;
    }
    return out;
  }

  void end() {
    skip_blanks();
    leave_layer();
    if (at_ < bytes_.size())
      fail(std::to_string(bytes_.size() - at_) + " bytes follow the last layer");
  }

 private:
  void skip_blanks() {
    while (at_ < bytes_.size() && is_blank(bytes_[at_])) ++at_;
  }

  const std::string_view bytes_;
  const std::string& file_;
  size_t at_ = 0;
  std::string layer_;
};

// The layers. `in` channels come from the layer before, so the file may only repeat them.
class Reader {
 public:
  Reader(std::string_view bytes, const std::string& file) : pieces_(bytes, file) {}

  KatagoLayers read() {
    KatagoLayers net;
    net.name = pieces_.word("the network's name");
    read_version();
    pieces_.begin_layer();
    const int64_t blocks = pieces_.count("the number of blocks", 1, kMostChannels);
    const int64_t channels = pieces_.count("channels of the trunk", 1, kMostChannels);
    // Of the blocks' inner layers, which say it again.
    for (const char* what :
         {"middle channels", "regular channels", "dilated channels", "pooling channels"})
      pieces_.count(what, 0, kMostChannels);
    net.stem = conv(kKatagoPlanes, channels);
    net.stem_globals = matrix(kKatagoGlobals, channels);
    for (int64_t i = 0; i < blocks; ++i) net.blocks.push_back(block(channels));
    net.tip = norm_relu(channels);
    read_policy_head(channels, net);
    read_value_head(channels, net);
    pieces_.end();
    return net;
  }

 private:
  using Outputs = std::optional<int64_t>;

  static int64_t outputs(const KatagoConv& c) { return c.weight.shape()[-1]; }

  void read_version() {
    const int64_t version = pieces_.count("the model version", 0, 1000);
    if (version != kVersion)
      pieces_.fail("a network of model version " + std::to_string(version),
                   "version " + std::to_string(kVersion) +
                       " can be read, which the networks have " + "whose names begin with g170");
    expect("input planes", pieces_.count("input planes", 1, kMostChannels), kKatagoPlanes);
    expect("global inputs", pieces_.count("global inputs", 1, kMostChannels), kKatagoGlobals);
  }

  void expect(const std::string& what, int64_t found, int64_t expected) {
    if (found != expected)
      pieces_.fail(std::to_string(found) + " " + what + " where " + std::to_string(expected) +
                   " are expected");
  }

  int64_t channels(const char* what) { return pieces_.count(what, 1, kMostChannels); }

  int64_t odd_size(const char* what) {
    const int64_t size = pieces_.count(what, 1, kWidestKernel);
    if (size % 2 == 0) pieces_.fail(std::to_string(size) + " for " + what + ", which is not odd");
    return size;
  }

  // As many as the file says where `expected` is nothing.
  int64_t output_channels(Outputs expected) {
    const int64_t out = channels("output channels");
    if (expected) expect("output channels", out, *expected);
    return out;
  }

  KatagoConv conv(int64_t in, Outputs expected = {}) {
    pieces_.begin_layer();
    const int64_t height = odd_size("the kernel's height"), width = odd_size("the kernel's width");
    expect("input channels", channels("input channels"), in);
    const int64_t out = output_channels(expected);
    const int64_t dilation_h = pieces_.count("the dilation's height", 1, kWidestKernel);
    const int64_t dilation_w = pieces_.count("the dilation's width", 1, kWidestKernel);
    return {Var(pieces_.weights({height, width, in, out})), {dilation_h, dilation_w}};
  }

  Var matrix(int64_t in, Outputs expected = {}) {
    pieces_.begin_layer();
    expect("input channels", channels("input channels"), in);
    const int64_t out = output_channels(expected);
    return Var(pieces_.weights({in, out}));
  }

  KatagoLinear linear(int64_t in, Outputs expected = {}) {
    const Var weight = matrix(in, expected);
    const int64_t out = weight.shape()[1];
    pieces_.begin_layer();
    expect("channels", channels("channels"), out);
    return {weight, Var(pieces_.weights({out}))};
  }

  KatagoNorm norm_relu(int64_t expected) {
    pieces_.begin_layer();
    expect("channels", channels("channels"), expected);
    KatagoNorm n;
    n.epsilon = pieces_.positive("epsilon");
    const bool has_gamma = pieces_.count("whether there are factors", 0, 1) == 1;
    const bool has_beta = pieces_.count("whether there are terms", 0, 1) == 1;
    n.mean = pieces_.weights({expected});
    n.variance = pieces_.weights({expected});
    for (const float variance : n.variance.values())
      if (!(variance >= 0)) pieces_.fail("a variance is " + std::to_string(variance));
    Tensor ones({expected});
    ones.fill(1);
    n.gamma = Var(has_gamma ? pieces_.weights({expected}) : ones);
    n.beta = Var(has_beta ? pieces_.weights({expected}) : Tensor({expected}));
    relu();
    return n;
  }

  // Until version 11 of the format an activation is but a name.
  void relu() { pieces_.begin_layer(); }

  KatagoPooling pooling(int64_t in, int64_t to) {
    KatagoPooling p;
    p.conv = conv(in);
    p.norm = norm_relu(outputs(p.conv));
    p.to_bias = matrix(3 * outputs(p.conv), to);
    return p;
  }

  KatagoBranch branch(int64_t in, int64_t out, bool pools) {
    KatagoBranch b;
    b.first = conv(in);
    const int64_t inner = outputs(b.first);
    if (pools) b.pooling = pooling(in, inner);
    b.norm = norm_relu(inner);
    b.last = conv(inner, out);
    return b;
  }

  KatagoBlock block(int64_t channels) {
    pieces_.leave_layer();
    const std::string kind = pieces_.word("a kind of block");
    const bool pools = kind == "gpool_block";
    if (!pools && kind != "ordinary_block")
      pieces_.fail("a block of kind \"" + kind + "\"",
                   "ordinary_block and gpool_block can be read");
    pieces_.begin_layer();
    KatagoBlock b;
    b.norm = norm_relu(channels);
    b.branch = branch(channels, channels, pools);
    return b;
  }

  void read_policy_head(int64_t channels, KatagoLayers& net) {
    pieces_.begin_layer();
    net.policy = branch(channels, 1, true);
    net.policy_pass = matrix(3 * outputs(net.policy.pooling->conv), 1);
  }

  void read_value_head(int64_t channels, KatagoLayers& net) {
    pieces_.begin_layer();
    net.value_conv = conv(channels);
    const int64_t inner = outputs(net.value_conv);
    net.value_norm = norm_relu(inner);
    net.value_hidden = linear(3 * inner);
    relu();
    const int64_t hidden = net.value_hidden.bias.shape()[0];
    net.value = linear(hidden, 3);
    net.score = linear(hidden, 4);
    net.ownership = conv(inner, 1);
  }

  Pieces pieces_;
};

}  // namespace

KatagoLayers read_katago_layers(std::string_view bytes, const std::string& file) {
  return Reader(bytes, file).read();
}

}  // namespace tengen::nn
