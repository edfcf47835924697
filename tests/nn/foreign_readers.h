// Every reader of foreign bytes with small files that it accepts: what the mutation test and the
// fuzzer (tests/fuzz/) feed on. The files are made here, none is stored.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace tengen::nn {

struct ForeignReader {
  std::string name;
  std::vector<std::string> files;
  // Reads all there is; throws Error for what is wrong with the bytes, nothing else.
  std::function<void(const std::string& bytes)> read;
};

const std::vector<ForeignReader>& foreign_readers();

}  // namespace tengen::nn
