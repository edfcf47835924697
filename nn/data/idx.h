// IDX files, plain or gzip: arrays of one number type, big-endian (LeCun, Cortes, Burges, "The
// MNIST database"). MNIST, Fashion-MNIST and their like come as pairs of them.
#pragma once

#include <cstdint>
#include <string>

#include "nn/data/dataset.h"

namespace tengen::nn {

// Any of the format's six types, as floats; bytes as 0..255. Error names the file, the byte and
// what is wrong: another magic, an unknown type, fewer or more data than the sizes say.
Tensor read_idx(const std::string& path);
// The same from memory; `name` stands for the file in errors.
Tensor parse_idx(std::string bytes, const std::string& name);

// Images [N,H,W] or [N,H,W,C] of bytes and labels [N], as samples {[H,W,C] in [0,1], class []}.
// Error also for another number of labels and for a label of `classes` or more.
DatasetPtr idx_dataset(const std::string& images_path, const std::string& labels_path,
                       int classes = 10);

// The files of MNIST's names in `folder`, with or without ".gz": train-images-idx3-ubyte,
// t10k-labels-idx1-ubyte, and so on.
enum class MnistPart { kTrain, kTest };
DatasetPtr mnist(const std::string& folder, MnistPart part);

}  // namespace tengen::nn
