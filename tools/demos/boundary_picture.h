// Two classes in a plane and the line that parts them.
#pragma once

#include "nn/classics/linear_model.h"
#include "tools/demos/tables.h"

namespace tengen::tools {

// The test points of a table of two features, and where the odds of the classes are 1 to 1 and 9 to
// 1 either way. The model is of standardized(x, table.x).
nn::Tensor boundary_picture(const Table& table, const nn::LinearModel& model);

}  // namespace tengen::tools
