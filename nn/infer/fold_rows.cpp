// Normalisation, softmax and reductions.
#include "nn/axis.h"
#include "nn/infer/folder.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

// Mean and deviation of every group are written to scratch memory.
void call_group_norm(Folder& to, int i, const GroupNormShape& s) {
  to.call(
      i,
      [s](const Arguments& at) {
        at.device.group_norm(s, at.in(0), at.in(1), at.in(2), at.out(), at.scratch(),
                             at.scratch() + s.n * s.groups);
      },
      2 * s.n * s.groups);
}

void fold_layer_norm(Folder& to, int i) {
  const int64_t channels = to.shape(i)[-1];
  call_group_norm(to, i,
                  {.n = to.shape(i).size() / channels,
                   .points = 1,
                   .channels = channels,
                   .groups = 1,
                   .epsilon = static_cast<float>(to.attribute(i, "epsilon"))});
}

void fold_group_norm(Folder& to, int i) {
  const Shape& x = to.shape(i);
  call_group_norm(to, i,
                  {.n = x[0],
                   .points = x[0] > 0 ? x.size() / x[0] / x[-1] : 0,
                   .channels = x[-1],
                   .groups = to.whole(i, "groups"),
                   .epsilon = static_cast<float>(to.attribute(i, "epsilon"))});
}

void fold_masked_softmax(Folder& to, int i) {
  const Shape& x = to.shape(i);
  const int64_t rows = x[0] * x[1], keys = x[2];
  const SoftmaxMask all{.queries = x[1], .causal = to.whole(i, "causal") != 0};
  if (to.node(i).inputs.size() < 2) {
    to.call(i,
            [=](const Arguments& at) { at.device.softmax(rows, keys, all, at.in(0), at.out()); });
    return;
  }
  const int64_t sequences = to.input_shape(i, 1).size();
  Operation& o = to.call(
      i,
      [=](const Arguments& at) {
        SoftmaxMask mask = all;
        mask.lengths = at.whole_numbers("masked_softmax", 1, sequences, keys + 1);
        mask.rows_per_length = rows / sequences;
        at.device.softmax(rows, keys, mask, at.in(0), at.out());
      },
      sequences);
  o.reads_numbers = true;
}

// x [outer, axis, inner] -> factor * the sum over the middle.
void call_sum(Folder& to, int i, const Broadcast& way, float factor) {
  to.call(
      i,
      [=](const Arguments& at) {
        at.device.sum_axis(way.outer, way.axis, way.inner, at.in(0), at.out());
        if (factor == 1.0f) return;
        const int64_t sums = way.outer * way.inner;
        at.device.fill(1, factor, at.scratch());
        at.device.binary(Binary::kMultiply, sums, at.out(), at.scratch(), 1, 1, at.out());
      },
      1);
}

Broadcast axis_of(const Folder& to, int i) {
  return around_axis(to.input_shape(i, 0), static_cast<int>(to.whole(i, "axis")));
}

}  // namespace

void fold_rows(FoldTable& table) {
  table["layer_norm"] = fold_layer_norm;
  table["group_norm"] = fold_group_norm;
  table["masked_softmax"] = fold_masked_softmax;
  table["softmax"] = [](Folder& to, int i) {
    const int64_t columns = to.shape(i)[-1], rows = to.shape(i).size() / columns;
    to.call(i,
            [=](const Arguments& at) { at.device.softmax(rows, columns, {}, at.in(0), at.out()); });
  };
  table["log_softmax"] = [](Folder& to, int i) {
    const int64_t columns = to.shape(i)[-1], rows = to.shape(i).size() / columns;
    to.call(i,
            [=](const Arguments& at) { at.device.log_softmax(rows, columns, at.in(0), at.out()); });
  };
  table["sum"] = [](Folder& to, int i) { call_sum(to, i, {1, to.input_shape(i, 0).size(), 1}, 1); };
  table["mean"] = [](Folder& to, int i) {
    const int64_t size = to.input_shape(i, 0).size();
    call_sum(to, i, {1, size, 1}, 1.0f / static_cast<float>(size));
  };
  table["sum_axis"] = [](Folder& to, int i) { call_sum(to, i, axis_of(to, i), 1); };
  table["mean_axis"] = [](Folder& to, int i) {
    const Broadcast way = axis_of(to, i);
    call_sum(to, i, way, 1.0f / static_cast<float>(way.axis));
  };
  table["max_axis"] = [](Folder& to, int i) {
    const int64_t places = to.shape(i).size();  // of the maxima, which nobody reads
    to.call(
        i,
        [way = axis_of(to, i)](const Arguments& at) {
          at.device.max_axis(way.outer, way.axis, way.inner, at.in(0), at.out(),
                             at.whole_scratch());
        },
        places);
  };
}

}  // namespace tengen::nn
