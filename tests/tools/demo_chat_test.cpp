// `tengen demo chat` as a user runs it, on few pairs.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "nn/io/image_file.h"
#include "tests/nn/scratch_folder.h"
#include "tests/tools/program.h"

namespace tengen {
namespace {

TEST(DemoChat, LearnsAHelpDeskAndTalks) {
  const nn::ScratchFolder folder;
  const std::string out = folder.path("run");
  const Finished done =
      run_by_shell("printf 'My phone is dead.\\nmay i use the wiki?' | '" TENGEN_PROGRAM
                   "' demo chat --talk --epochs 6 --out " +
                   out + " 2>&1");
  ASSERT_EQ(done.exit_code, 0) << done.output;
  EXPECT_TRUE(has(done.output, "pairs: a help desk, made by the program")) << done.output;
  const std::string dead = "Please check the power cable of the phone and try another socket.\n";
  const std::string wiki = "Ask your team leader to order access to the wiki for you.\n";
  EXPECT_TRUE(has(done.output, "> " + dead + "> " + wiki)) << done.output;
  for (const char* picture : {"/small-loss.png", "/small-nats.png"})
    EXPECT_EQ(nn::read_image(out + picture).shape()[2], 3);
  EXPECT_EQ(run("predict --net " + out + "/net.safetensors \"my phone is dead.\"").output, dead);
}

TEST(DemoChat, ReadsColumnsOfAFileAndNamesLinesThatLackOne) {
  const nn::ScratchFolder folder;
  std::string table;
  for (int i = 0; i < 20; ++i) table += "topic\thow are you?\tFine.\n";
  const std::string good = folder.write("good.tsv", table);
  const std::string bad = folder.write("bad.tsv", table + "topic\tand you?\n");
  const std::string chat = "demo chat --no-pictures --columns 2 3 --epochs 12 --out ";
  const Finished done = run(chat + folder.path("run") + " --data " + good);
  ASSERT_EQ(done.exit_code, 0) << done.output;
  EXPECT_TRUE(has(done.output, "written:  Fine.")) << done.output;
  const Finished refused = run(chat + folder.path("other") + " --data " + bad);
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_TRUE(has(refused.output, bad + ": line 21: 2 columns between tabs, 3 are needed"))
      << refused.output;
}

}  // namespace
}  // namespace tengen
