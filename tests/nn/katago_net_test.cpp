// KataGo's networks: what the plan says is what the file's numbers say, worked out here in double
// from the paper's formulas; and files that lie.
#include "nn/io/katago_net.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "nn/base/check.h"
#include "nn/base/rng.h"
#include "nn/infer/plan.h"
#include "nn/io/gzip.h"
#include "tests/nn/katago_writer.h"

namespace tengen::nn {
namespace {

using Numbers = std::vector<double>;

struct Image {  // [height,width,channels]
  int height, width, channels;
  Numbers at;
  double& operator()(int y, int x, int c) { return at[(y * width + x) * channels + c]; }
};

// The network of small_katago_file, loop by loop.
class ByHand {
 public:
  ByHand(const KatagoFile& file, const KatagoSizes& sizes) : weights_(file.weights), s_(sizes) {}

  struct Output {
    Numbers policy, value, score, ownership;
  };
  Output operator()(Image planes, const Numbers& globals) const {
    Image x = conv("stem", planes, s_.stem_kernel, s_.channels);
    add_row(x, times("globals", globals));
    const Image a = conv("block1/w1", norm("block1/n1", x), s_.kernel, 6, s_.dilation);
    add(x, conv("block1/w2", norm("block1/n2", a), s_.kernel, s_.channels));
    const Image inner = norm("block2/n1", x);
    Image b = conv("block2/w1", inner, s_.kernel, s_.regular);
    const Image g = norm("block2/np", conv("block2/wp", inner, s_.kernel, s_.pool));
    add_row(b, times("block2/wb", pooled(g, false)));
    add(x, conv("block2/w2", norm("block2/n2", b), s_.kernel, s_.channels));
    x = norm("tip", x);

    Output out;
    const Numbers row = pooled(norm("pgn", conv("pg", x, 1, s_.policy_pool)), false);
    Image p = conv("p1", x, 1, s_.policy);
    add_row(p, times("pgb", row));
    out.policy = conv("p2", norm("pn", p), 1, 1).at;
    out.policy.push_back(times("pass", row)[0]);
    const Image v = norm("vn", conv("v1", x, 1, s_.value));
    Numbers hidden = plus("v2b", times("v2", pooled(v, true)));
    for (double& h : hidden) h = std::max(h, 0.0);
    out.value = plus("v3b", times("v3", hidden));
    out.score = plus("svb", times("sv", hidden));
    out.ownership = conv("own", v, 1, 1).at;
    return out;
  }

 private:
  const std::vector<float>& weights(const std::string& name) const { return weights_.at(name); }

  Image conv(const std::string& name, Image x, int kernel, int out, int dilation = 1) const {
    Image y{x.height, x.width, out, Numbers(x.height * x.width * out)};
    const std::vector<float>& w = weights(name);
    for (int i = 0; i < kernel * kernel * x.channels * out; ++i) {
      const int o = i % out, c = i / out % x.channels, tap = i / out / x.channels;
      const int dy = dilation * (tap / kernel - kernel / 2);
      const int dx = dilation * (tap % kernel - kernel / 2);
      for (int row = std::max(0, -dy); row < std::min(x.height, x.height - dy); ++row)
        for (int col = std::max(0, -dx); col < std::min(x.width, x.width - dx); ++col)
          y(row, col, o) += w[i] * x(row + dy, col + dx, c);
    }
    return y;
  }

  Image norm(const std::string& name, Image x) const {  // and relu
    for (size_t i = 0; i < x.at.size(); ++i) {
      const size_t c = i % x.channels;
      const double gamma = weights_.count(name + "/gamma") ? weights(name + "/gamma")[c] : 1;
      const double deviation = std::sqrt(weights(name + "/variance")[c] + 1e-3);
      x.at[i] = (x.at[i] - weights(name + "/mean")[c]) / deviation * gamma;
      x.at[i] = std::max(0.0, x.at[i] + weights(name + "/beta")[c]);
    }
    return x;
  }

  static Numbers pooled(Image x, bool value_head) {
    const double b = std::sqrt(x.height * x.width) - 14;
    Numbers out(3 * x.channels);
    for (int c = 0; c < x.channels; ++c) {
      double sum = 0, most = 0;
      for (size_t i = c; i < x.at.size(); i += x.channels) {
        sum += x.at[i];
        most = std::max(most, x.at[i]);
      }
      const double mean = sum / (x.height * x.width);
      out[c] = mean;
      out[c + x.channels] = mean * b / 10;
      out[c + 2 * x.channels] = value_head ? mean * (b * b / 100 - 0.1) : most;
    }
    return out;
  }

  Numbers times(const std::string& name, const Numbers& x) const {
    const std::vector<float>& w = weights(name);
    const size_t out = w.size() / x.size();
    Numbers y(out);
    for (size_t i = 0; i < w.size(); ++i) y[i % out] += w[i] * x[i / out];
    return y;
  }

  Numbers plus(const std::string& name, Numbers x) const {
    for (size_t i = 0; i < x.size(); ++i) x[i] += weights(name)[i];
    return x;
  }

  static void add_row(Image& x, const Numbers& row) {
    for (size_t i = 0; i < x.at.size(); ++i) x.at[i] += row[i % row.size()];
  }

  static void add(Image& x, const Image& y) {
    for (size_t i = 0; i < x.at.size(); ++i) x.at[i] += y.at[i];
  }

  const std::map<std::string, std::vector<float>>& weights_;
  const KatagoSizes s_;
};

std::vector<float> floats(const Numbers& x) { return {x.begin(), x.end()}; }

void expect_near(const std::vector<float>& is, const Numbers& should, const char* what) {
  ASSERT_EQ(is.size(), should.size()) << what;
  for (size_t i = 0; i < is.size(); ++i)
    EXPECT_NEAR(is[i], should[i], 1e-4 * std::max(1.0, std::abs(should[i]))) << what << " " << i;
}

// policy, value, score, ownership, as the plan for this board computes them.
std::vector<std::vector<float>> planned(const KatagoNet& net, int height, int width,
                                        const Numbers& planes, const Numbers& globals) {
  const Plan plan(net.graph(height, width));
  const std::vector<float> in0 = floats(planes), in1 = floats(globals);
  std::vector<std::vector<float>> out;
  for (const Shape& shape : plan.output_shapes()) out.emplace_back(shape.size());
  const float* inputs[] = {in0.data(), in1.data()};
  float* outputs[] = {out[0].data(), out[1].data(), out[2].data(), out[3].data()};
  plan.run(inputs, outputs, *plan.make_workspace());
  return out;
}

void compare(const KatagoFile& file, const KatagoSizes& sizes, int height, int width) {
  Rng rng(static_cast<uint64_t>(height * 100 + width));
  Image planes{height, width, 22, Numbers(height * width * 22)};
  Numbers globals(19);
  for (double& x : planes.at) x = rng.below(2);
  for (double& x : globals) x = rng.uniform() - 0.5;
  const ByHand::Output should = ByHand(file, sizes)(planes, globals);
  const auto is = planned(KatagoNet(file.bytes, "a.bin"), height, width, planes.at, globals);
  expect_near(is[0], should.policy, "policy");
  expect_near(is[1], should.value, "value");
  expect_near(is[2], should.score, "score");
  expect_near(is[3], should.ownership, "ownership");
}

TEST(KatagoNet, PlanComputesWhatTheFileDescribes) {
  const KatagoSizes sizes;
  const KatagoFile file = small_katago_file(sizes);
  compare(file, sizes, 9, 9);
  compare(file, sizes, 7, 12);
}

TEST(KatagoNet, ReadsPackedFilesAndTheirName) {
  const KatagoFile file = small_katago_file();
  const KatagoNet net(gzip(file.bytes), "a.bin.gz");
  EXPECT_EQ(net.name(), "small");
  const Graph graph = net.graph(5, 6, 3);
  EXPECT_EQ(graph.nodes[graph.inputs[0]].shape, (Shape{3, 5, 6, 22}));
  EXPECT_EQ(graph.nodes[graph.outputs[0]].shape, (Shape{3, 31}));
  EXPECT_EQ(graph.nodes[graph.outputs[2]].shape, (Shape{3, 4}));
}

// Its error, or "" if the network is accepted.
std::string complaint(const std::string& bytes) {
  try {
    KatagoNet(bytes, "a.bin");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

struct Damage {
  std::string from, to;
  std::string place, what;  // parts of the message
};

TEST(KatagoNet, NamesLayerAndFaultOfFilesThatLie) {
  const std::string whole = small_katago_file().bytes;
  ASSERT_EQ(complaint(whole), "");
  const std::vector<Damage> cases = {
      {"small\n8\n", "small\n15\n", "byte 8", "model version 15; version 8 can be read"},
      {"22\n19\n", "17\n19\n", "byte 10", "17 input planes where 22 are expected"},
      {"ordinary_block", "dilated_block", "byte ", "a block of kind \"dilated_block\""},
      {"trunk\n2\n", "trunk\n1\n", "layer gpool_block", "\"block2\" for channels"},
      {"trunk\n2\n", "trunk\n3\n", "byte ", "a block of kind \"tip\""},
      {"stem\n5\n5\n22\n5\n", "stem\n5\n5\n22\n1048576\n", "layer stem",
       "output channels where 5 are expected"},
      {"block1/w1\n3\n", "block1/w1\n4\n", "layer block1/w1", "which is not odd"},
      {"block1/w1\n3\n3\n5\n6\n", "block1/w1\n3\n3\n5\n1000000\n", "layer block1/w1",
       "truncated: weights [3,3,5,1000000] need 180000000 bytes"},
      {"block1/w1\n3\n3\n5\n6\n", "block1/w1\n3\n3\n5\n99999999999999999999\n", "layer block1/w1",
       "\"99999999999999999999\" for output channels where a number from 1 to"},
      {"block2/wb\n9\n", "block2/wb\n8\n", "layer block2/wb", "8 input channels where 9"},
      {"tip\n5\n1e-3", "tip\n5\n-1", "layer tip", "\"-1\" for epsilon"},
      {"@BIN@", "0.25 -1.5", "layer stem", "not the .txt"},
  };
  for (const Damage& d : cases) {
    const std::string message = complaint(replaced(whole, d.from, d.to));
    EXPECT_TRUE(message.starts_with("a.bin: byte ")) << message;
    EXPECT_NE(message.find(d.place), std::string::npos) << d.to << ": " << message;
    EXPECT_NE(message.find(d.what), std::string::npos) << d.to << ": " << message;
  }
  EXPECT_NE(complaint(whole + "more").find("4 bytes follow the last layer"), std::string::npos);
}

TEST(KatagoNet, RefusesEveryFileThatIsCutShort) {
  const std::string whole = small_katago_file({.stem_kernel = 1, .kernel = 1}).bytes;
  for (size_t size = 0; size + 1 < whole.size(); ++size)
    ASSERT_NE(complaint(whole.substr(0, size)), "") << size << " of " << whole.size();
}

TEST(KatagoNet, RefusesWeightsThatAreNoNumbers) {
  const KatagoFile file = small_katago_file();
  const auto with = [&](const std::string& name, float value) {
    const std::vector<float>& values = file.weights.at(name);
    const std::string from(reinterpret_cast<const char*>(values.data()),
                           values.size() * sizeof(float));
    std::string to = from;
    std::memcpy(to.data() + to.size() - sizeof value, &value, sizeof value);
    return complaint(replaced(file.bytes, from, to));
  };
  EXPECT_NE(with("block1/w2", NAN).find("layer block1/w2: a weight is nan"), std::string::npos);
  EXPECT_NE(with("v3b", INFINITY).find("layer v3b: a weight is inf"), std::string::npos);
  EXPECT_NE(with("vn/variance", -1).find("layer vn: a variance is -1"), std::string::npos);
}

}  // namespace
}  // namespace tengen::nn
