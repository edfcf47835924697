// Pooling, in windows and of whole images.
#include "nn/cpu/direct_conv.h"
#include "nn/cpu/image_pool.h"
#include "nn/cpu/winograd_conv.h"
#include "nn/image_shapes.h"
#include "nn/infer/folder.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

Pool2dShape window_of(const Folder& to, int i) {
  const bool mean = to.node(i).op == "average_pool2d";
  return pool2d_shape(to.node(i).op.c_str(), to.input_shape(i, 0),
                      {.kernel = to.per_axis(i, "kernel"),
                       .stride = to.per_axis(i, "stride"),
                       .padding = to.per_axis(i, "padding"),
                       .count_padding = mean && to.whole(i, "count_padding") != 0});
}

void emit_whole(Folder& to, int i, Binary binary) {
  const Shape& x = to.input_shape(i, 0);
  Operation& o = to.emit(i, Operation::Kind::kWholeImages, {to.input(i, 0)});
  o.binary = binary;
  o.way = {x[0], x[1] * x[2], x[3]};
}

// Joins a rectified convolution of few channels or of 5x5 pixels, whose result need not go through
// memory then. Larger 3x3 ones keep their neighbours instead.
bool joins(const Folder& to, int v, const Operation* o, const Pool2dShape& pool) {
  if (!to.for_cpu() || !o || o->kind != Operation::Kind::kProduct || to.uses(v) != 1 || !o->relu ||
      o->residual >= 0 || o->row_bias >= 0)
    return false;
  return few_taps(pool) &&
         (direct_fits(kernels(), o->conv) || (o->conv.kernel_h == 5 && winograd_fits(o->conv)));
}

void fold_max_pool(Folder& to, int i) {
  const Pool2dShape s = window_of(to, i);
  const int v = to.input(i, 0);
  if (joins(to, v, to.maker(v), s)) {
    Operation& o = to.move_to(v, i);
    o.kind = Operation::Kind::kPooled;
    o.pool = s;
    o.shape = to.shape(i);
    return;
  }
  const int64_t taps = to.shape(i).size();  // where the maxima were, which nobody reads
  to.call(
      i,
      [s](const Arguments& at) { at.device.max_pool(s, at.in(0), at.out(), at.whole_scratch()); },
      taps);
}

}  // namespace

void fold_images(FoldTable& table) {
  table["max_pool2d"] = fold_max_pool;
  table["average_pool2d"] = [](Folder& to, int i) {
    to.call(i, [s = window_of(to, i)](const Arguments& at) {
      at.device.average_pool(s, at.in(0), at.out());
    });
  };
  table["global_mean_pool"] = [](Folder& to, int i) { emit_whole(to, i, Binary::kAdd); };
  table["global_max_pool"] = [](Folder& to, int i) { emit_whole(to, i, Binary::kMaximum); };
}

}  // namespace tengen::nn
