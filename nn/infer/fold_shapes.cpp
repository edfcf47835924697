// What moves elements without changing them.
#include <string>
#include <vector>

#include "nn/axis.h"
#include "nn/infer/folder.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

AroundAxis axis_of(const Folder& to, int i, const Shape& shape) {
  return around_axis(shape, static_cast<int>(to.whole(i, "axis")));
}

void fold_concat(Folder& to, int i) {
  std::vector<int64_t> runs;
  for (const int part : to.node(i).inputs) runs.push_back(axis_of(to, i, to.shape(part)).run());
  to.call(i, [runs, all = axis_of(to, i, to.shape(i))](const Arguments& at) {
    float* y = at.out();
    for (size_t part = 0; part < runs.size(); y += runs[part++])
      at.device.copy_blocks(all.outer, runs[part], at.in(part), runs[part], y, all.run());
  });
}

void fold_slice(Folder& to, int i) {
  const AroundAxis all = axis_of(to, i, to.input_shape(i, 0));
  const int64_t run = axis_of(to, i, to.shape(i)).run();
  const int64_t offset = to.whole(i, "begin") * all.inner;
  to.call(i, [=](const Arguments& at) {
    at.device.copy_blocks(all.outer, run, at.in(0) + offset, all.run(), at.out(), run);
  });
}

void fold_permute(Folder& to, int i) {
  const Shape& x = to.input_shape(i, 0);
  const std::vector<int64_t> dims(x.begin(), x.end());
  std::vector<int> axes;
  for (int axis = 0; axis < x.rank(); ++axis)
    axes.push_back(static_cast<int>(to.whole(i, "axis" + std::to_string(axis))));
  to.call(i, [=](const Arguments& at) {
    at.device.permute(static_cast<int>(dims.size()), dims.data(), axes.data(), at.in(0), at.out());
  });
}

void fold_gather(Folder& to, int i) {
  const AroundAxis way = axis_of(to, i, to.input_shape(i, 0));
  const int64_t count = to.input_shape(i, 1).size();
  Operation& o = to.call(
      i,
      [=](const Arguments& at) {
        const int32_t* index = at.whole_numbers("gather", 1, count, way.axis);
        at.device.gather(way.outer, way.axis, way.inner, count, index, at.in(0), at.out());
      },
      count);
  o.reads_numbers = true;
}

}  // namespace

void fold_shapes(FoldTable& table) {
  table["reshape"] = [](Folder& to, int i) { to.rename(to.input(i, 0), i); };
  table["concat"] = fold_concat;
  table["slice"] = fold_slice;
  table["permute"] = fold_permute;
  table["gather"] = fold_gather;
}

}  // namespace tengen::nn
