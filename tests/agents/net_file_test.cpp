// Weights files: what is saved is loaded, and every broken file is an Error that names the file
// and the fault.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "agents/policy_value_net.h"
#include "nn/base/check.h"
#include "nn/io/safetensors.h"
#include "tests/agents/small_net.h"

namespace tengen::agents {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class NetFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("tengen_net_file_" + std::string(test->name()) + std::to_string(::getpid()));
    fs::create_directories(folder_);
    path_ = folder_ / "net.safetensors";
    net_ = opinionated_net(envs::new_game("go:size=5")->spec(), 7);
    save_net(path_, *net_, {{"games", "1200"}});
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& content) const {
    std::ofstream(path_, std::ios::binary) << content;
  }
  // Rewrites the file with another architecture.
  template <class Change>
  void change_architecture(Change change) const {
    nn::SafeTensors content = nn::load_safetensors(path_);
    Json json = Json::parse(content.metadata.at("architecture"));
    change(json);
    content.metadata["architecture"] = json.dump();
    nn::save_safetensors(path_, content);
  }
  void expect_error(const std::string& fault) const {
    try {
      load_net(path_);
      FAIL() << "loaded in spite of: " << fault;
    } catch (const Error& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(path_.string()), std::string::npos) << text;
      EXPECT_NE(text.find(fault), std::string::npos) << text;
    }
  }

  fs::path folder_, path_;
  std::unique_ptr<PolicyValueNet> net_;
};

TEST_F(NetFile, WhatIsSavedIsLoaded) {
  const auto loaded = load_net(path_);
  EXPECT_EQ(loaded->config().blocks, net_->config().blocks);
  EXPECT_EQ(loaded->config().game, "go");
  EXPECT_FALSE(loaded->training());
  const auto expected = net_->state();
  const auto found = loaded->state();
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].path, expected[i].path);
    EXPECT_EQ(found[i].tensor.to_vector(), expected[i].tensor.to_vector());
  }
  EXPECT_EQ(nn::load_safetensors(path_).metadata.at("games"), "1200");
}

TEST_F(NetFile, TheShippedNetworkLoadsAndPlaysGo) {
  const auto net = shipped_net();
  EXPECT_EQ(net->config().game, "go");
  EXPECT_TRUE(net->config().pass);
  EXPECT_EQ(net->config().planes, envs::new_game("go:size=9")->spec().planes);
}

TEST_F(NetFile, MissingFile) {
  fs::remove(path_);
  expect_error("");
}

TEST_F(NetFile, EveryTruncationIsAnError) {
  const std::string whole = bytes();
  for (size_t size : {size_t{0}, size_t{5}, size_t{8}, size_t{100}, whole.size() - 1}) {
    write(whole.substr(0, size));
    expect_error("");
  }
}

TEST_F(NetFile, NoiseInTheHeaderNeverCrashes) {
  const std::string whole = bytes();
  Rng rng(3);
  for (int i = 0; i < 200; ++i) {
    std::string broken = whole;
    for (int k = 0; k < 3; ++k) {
      broken[rng.below(600)] = static_cast<char>(rng.below(256));
    }
    write(broken);
    try {
      load_net(path_);  // a flipped bit may lie where it does not matter
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path_.string()), std::string::npos) << error.what();
    }
  }
}

TEST_F(NetFile, WeightsThatAreNoNumbers) {
  for (const float wrong : {std::nanf(""), -INFINITY}) {
    nn::SafeTensors content = nn::load_safetensors(path_);
    content.tensors.back().tensor.values().back() = wrong;
    nn::save_safetensors(path_, content);
    expect_error("tensor " + content.tensors.back().path + " holds a weight of ");
  }
}

TEST_F(NetFile, NotANetworkAtAll) {
  nn::SafeTensors content = nn::load_safetensors(path_);
  content.metadata.erase("architecture");
  nn::save_safetensors(path_, content);
  expect_error("no \"architecture\"");
}

TEST_F(NetFile, ArchitectureOfAnotherShape) {
  change_architecture([](Json& json) { json["channels"] = 16; });
  expect_error("");
  change_architecture([](Json& json) { json["channels"] = 8, json["blocks"] = 1; });
  expect_error("block2");
}

TEST_F(NetFile, AbsurdSizesAreRefusedBeforeTheyAreAllocated) {
  change_architecture([](Json& json) { json["channels"] = 4096, json["blocks"] = 256; });
  expect_error("the file holds");
  change_architecture([](Json& json) { json["channels"] = 1000000000; });
  expect_error("\"channels\" is 1000000000, not in 1 to 4096");
  change_architecture([](Json& json) { json["channels"] = -3; });
  expect_error("\"channels\" is -3");
}

TEST_F(NetFile, WrongTypesAndUnknownOrMissingKeys) {
  change_architecture([](Json& json) { json["channels"] = "8"; });
  expect_error("\"channels\" is not a whole number");
  change_architecture([](Json& json) { json["channels"] = 8.5; });
  expect_error("\"channels\" is not a whole number");
  change_architecture([](Json& json) { json["channels"] = 8, json["colour"] = 1; });
  expect_error("unknown architecture key \"colour\"");
  change_architecture([](Json& json) { json.erase("colour"), json.erase("planes"); });
  expect_error("\"planes\" is missing");
  change_architecture([](Json& json) { json["kind"] = "digits"; });
  expect_error("kind is \"digits\"");
}

}  // namespace
}  // namespace tengen::agents
