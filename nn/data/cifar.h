// CIFAR-10 and CIFAR-100, the binary versions (Krizhevsky 2009): records of label bytes and 3,072
// bytes of colour planes, 32x32.
#pragma once

#include <string>
#include <vector>

#include "nn/data/dataset.h"

namespace tengen::nn {

// Samples {[32,32,3] in [0,1], class []} of one or more files, plain or gzip. Error names file and
// record: a size that is no whole number of records, a label out of range.
DatasetPtr cifar10(const std::vector<std::string>& paths);
DatasetPtr cifar100(const std::vector<std::string>& paths);  // the fine labels

}  // namespace tengen::nn
