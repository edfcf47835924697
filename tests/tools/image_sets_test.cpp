// What the demos of images learn from: files dealt out, and pictures made up.
#include "tools/demos/image_sets.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tools/demos/shape_images.h"
#include "tools/demos/stroke_digits.h"

namespace tengen::tools {
namespace {

TEST(ImageSets, ValidationIsATenthOfEveryClassAndApartFromTraining) {
  // Sample i is its own number, of class i % 4.
  nn::Tensor numbers({400, 1}), classes({400});
  for (int64_t i = 0; i < 400; ++i) {
    numbers.data()[i] = static_cast<float>(i);
    classes.data()[i] = static_cast<float>(i % 4);
  }
  const nn::DatasetPtr all = nn::tensor_dataset({numbers, classes});
  const ClassSet set = deal_classes("numbers", all, all, {"a", "b", "c", "d"}, 0);
  std::map<float, int> of_class;
  std::set<float> seen;
  for (int64_t i = 0; i < set.validation->size(); ++i) {
    ++of_class[set.validation->get(i)[1].item()];
    seen.insert(set.validation->get(i)[0].item());
  }
  for (int64_t i = 0; i < set.train->size(); ++i) seen.insert(set.train->get(i)[0].item());
  EXPECT_EQ(of_class, (std::map<float, int>{{0, 10}, {1, 10}, {2, 10}, {3, 10}}));
  EXPECT_EQ(seen.size(), 400u);
  EXPECT_EQ(set.train->size(), 360);
  EXPECT_EQ(deal_classes("numbers", all, all, {"a", "b", "c", "d"}, 40).test->size(), 40);
}

using Maker = nn::DatasetPtr (*)(int64_t, uint64_t);

// Sample i is a function of (seed, i): not of how many there are, nor of the threads.
TEST(ImageSets, MadeUpImagesAreFunctionsOfSeedAndNumber) {
  for (const Maker maker : {Maker(stroke_digits), Maker(shape_images)}) {
    const nn::DatasetPtr few = maker(20, 5), many = maker(40, 5), others = maker(20, 6);
    for (int64_t i = 0; i < 20; ++i) {
      EXPECT_EQ(few->get(i)[0].to_vector(), many->get(i)[0].to_vector());
      EXPECT_NE(few->get(i)[0].to_vector(), others->get(i)[0].to_vector());
      EXPECT_NE(many->get(i)[0].to_vector(), many->get(i + 20)[0].to_vector());
      EXPECT_EQ(few->get(i)[1].item(), static_cast<float>(i % 10));
    }
  }
}

// As MNIST's: ink on black, inside the frame, and not too little of it.
TEST(ImageSets, StrokesAreWrittenInsideTheFrame) {
  const nn::DatasetPtr digits = stroke_digits(100, 3);
  for (int64_t i = 0; i < 100; ++i) {
    const nn::Tensor image = digits->get(i)[0];
    double ink = 0, border = 0;
    for (int64_t y = 0; y < 28; ++y)
      for (int64_t x = 0; x < 28; ++x) {
        const float pixel = image.data()[y * 28 + x];
        ink += pixel;
        if (y == 0 || y == 27 || x == 0 || x == 27) border += pixel;
      }
    EXPECT_GT(ink, 15) << i;
    EXPECT_LT(ink, 300) << i;
    EXPECT_LT(border, 0.1 * ink) << i;
  }
}

}  // namespace
}  // namespace tengen::tools
