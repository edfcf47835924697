// libFuzzer over every reader of foreign bytes; the first byte chooses the reader. By hand:
//
//   CXX=clang++ cmake -S . -B build-fuzz -G Ninja -DTENGEN_FUZZ=ON \
//     -DTENGEN_SANITIZE=address,undefined
//   ninja -C build-fuzz reader_fuzz
//   mkdir -p corpus && build-fuzz/reader_fuzz --write-corpus corpus
//   build-fuzz/reader_fuzz -max_total_time=300 -max_len=2048 -rss_limit_mb=1024 corpus
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "nn/base/check.h"
#include "tests/nn/foreign_readers.h"

using tengen::nn::foreign_readers;
using tengen::nn::ForeignReader;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ForeignReader& reader = foreign_readers()[data[0] % foreign_readers().size()];
  try {
    reader.read(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  } catch (const tengen::Error&) {
    // As it should be. Any other exception ends the fuzzer with its input.
  }
  return 0;
}

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc != 3 || std::strcmp((*argv)[1], "--write-corpus") != 0) return 0;
  for (size_t i = 0; i < foreign_readers().size(); ++i)
    for (size_t k = 0; k < foreign_readers()[i].files.size(); ++k) {
      const ForeignReader& reader = foreign_readers()[i];
      std::ofstream(std::string((*argv)[2]) + "/" + reader.name + std::to_string(k),
                    std::ios::binary)
          << static_cast<char>(i) << reader.files[k];
    }
  std::exit(0);
}
