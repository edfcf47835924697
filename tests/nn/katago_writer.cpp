#include "tests/nn/katago_writer.h"

#include <initializer_list>

#include "nn/base/rng.h"

namespace tengen::nn {
namespace {

constexpr int kPlanes = 22, kGlobals = 19;

class Writer {
 public:
  KatagoFile file;

  void words(const std::string& text) { file.bytes += text + "\n"; }

  void conv(const std::string& name, int kernel, int in, int out, int dilation = 1) {
    words(name);
    numbers({kernel, kernel, in, out, dilation, dilation});
    weights(name, kernel * kernel * in * out, -0.5f, 0.5f);
  }

  void norm(const std::string& name, int channels, bool factors) {
    words(name);
    words(std::to_string(channels) + "\n1e-3");
    numbers({factors, 1});
    weights(name + "/mean", channels, -0.5f, 0.5f);
    weights(name + "/variance", channels, 0.3f, 2.0f);
    if (factors) weights(name + "/gamma", channels, -1.0f, 1.5f);
    weights(name + "/beta", channels, -0.5f, 0.5f);
    words(name + "/activation");
  }

  void matrix(const std::string& name, int in, int out) {
    words(name);
    numbers({in, out});
    weights(name, in * out, -0.5f, 0.5f);
  }

  void bias(const std::string& name, int channels) {
    words(name);
    numbers({channels});
    weights(name, channels, -0.5f, 0.5f);
  }

 private:
  void numbers(std::initializer_list<int> values) {
    for (const int value : values) words(std::to_string(value));
  }

  void weights(const std::string& name, int count, float least, float most) {
    std::vector<float>& values = file.weights[name];
    for (int i = 0; i < count; ++i)
      values.push_back(least + (most - least) * static_cast<float>(rng_.uniform()));
    file.bytes += "@BIN@";
    file.bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    file.bytes += "\n";
  }

  Rng rng_{7};
};

void write_blocks(const KatagoSizes& s, Writer& w) {
  w.words("ordinary_block\nblock1");
  w.norm("block1/n1", s.channels, false);
  w.conv("block1/w1", s.kernel, s.channels, 6, s.dilation);
  w.norm("block1/n2", 6, true);
  w.conv("block1/w2", s.kernel, 6, s.channels);
  w.words("gpool_block\nblock2");
  w.norm("block2/n1", s.channels, false);
  w.conv("block2/w1", s.kernel, s.channels, s.regular);
  w.conv("block2/wp", s.kernel, s.channels, s.pool);
  w.norm("block2/np", s.pool, true);
  w.matrix("block2/wb", 3 * s.pool, s.regular);
  w.norm("block2/n2", s.regular, true);
  w.conv("block2/w2", s.kernel, s.regular, s.channels);
}

void write_heads(const KatagoSizes& s, Writer& w) {
  w.words("policyhead");
  w.conv("p1", 1, s.channels, s.policy);
  w.conv("pg", 1, s.channels, s.policy_pool);
  w.norm("pgn", s.policy_pool, false);
  w.matrix("pgb", 3 * s.policy_pool, s.policy);
  w.norm("pn", s.policy, false);
  w.conv("p2", 1, s.policy, 1);
  w.matrix("pass", 3 * s.policy_pool, 1);
  w.words("valuehead");
  w.conv("v1", 1, s.channels, s.value);
  w.norm("vn", s.value, false);
  w.matrix("v2", 3 * s.value, s.hidden);
  w.bias("v2b", s.hidden);
  w.words("v2/activation");
  w.matrix("v3", s.hidden, 3);
  w.bias("v3b", 3);
  w.matrix("sv", s.hidden, 4);
  w.bias("svb", 4);
  w.conv("own", 1, s.value, 1);
}

}  // namespace

KatagoFile small_katago_file(const KatagoSizes& s) {
  Writer w;
  w.words("small\n8\n22\n19\ntrunk\n2");
  for (const int size : {s.channels, 6, s.regular, 0, s.pool}) w.words(std::to_string(size));
  w.conv("stem", s.stem_kernel, kPlanes, s.channels);
  w.matrix("globals", kGlobals, s.channels);
  write_blocks(s, w);
  w.norm("tip", s.channels, false);
  write_heads(s, w);
  return std::move(w.file);
}

}  // namespace tengen::nn
