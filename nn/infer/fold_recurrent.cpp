// Recurrent layers, and their last states: h is the last piece of y, c a value of its own.
#include <vector>

#include "nn/infer/folder.h"
#include "nn/infer/step.h"

namespace tengen::nn {
namespace {

void emit_recurrent(Folder& to, int i, Recurrence kind) {
  const Shape &x = to.input_shape(i, 0), &y = to.shape(i);
  std::vector<int> inputs{to.input(i, 0)};
  for (size_t state = 4; state < to.node(i).inputs.size(); ++state)
    inputs.push_back(to.input(i, state));
  Operation& o = to.emit(i, Operation::Kind::kRecurrent, inputs);
  o.recurrent = {.kind = kind,
                 .rows = x[0],
                 .steps = x[1],
                 .in = x[2],
                 .hidden = y[2],
                 .reverse = to.whole(i, "reverse") != 0};
  o.weight = to.constant(i, 1);
  o.recurrent_weight = to.constant(i, 2);
  o.bias = to.constant(i, 3);
}

void fold_state(Folder& to, int i) {
  const int y = to.input(i, 0);
  const RecurrentShape s = to.maker(y)->recurrent;
  const bool cell = to.whole(i, "cell") != 0;
  if (s.steps == 0) return to.rename(to.maker(y)->inputs[cell ? 2 : 1], i);
  if (cell) {
    int& made = to.maker(y)->last_cell;
    if (made < 0) made = i;
    return to.rename(made, i);
  }
  to.call(i, [s](const Arguments& at) {
    const float* const last = at.in(0) + s.at(0, s.steps - 1) * s.hidden;
    at.device.copy_blocks(s.rows, s.hidden, last, s.steps * s.hidden, at.out(), s.hidden);
  });
}

}  // namespace

void fold_recurrent(FoldTable& table) {
  table["rnn"] = [](Folder& to, int i) {
    const bool relu = to.whole(i, "relu") != 0;
    emit_recurrent(to, i, relu ? Recurrence::kRnnRelu : Recurrence::kRnnTanh);
  };
  table["lstm"] = [](Folder& to, int i) { emit_recurrent(to, i, Recurrence::kLstm); };
  table["gru"] = [](Folder& to, int i) { emit_recurrent(to, i, Recurrence::kGru); };
  table["recurrent_state"] = fold_state;
}

}  // namespace tengen::nn
