// A shared library that is opened when it is first needed.
//
// cuBLASLt and cuDNN are half a gigabyte each: linked, they would cost every start of the program
// a third of a second, GPU or not.
#pragma once

#include <string>
#include <vector>

namespace tengen::nn {

// Where to look, and what to say where there is nothing.
struct LibrarySearch {
  std::string what;                  // "cuBLASLt"
  std::vector<std::string> names;    // "libcublasLt.so.13", the first that is there wins
  std::vector<std::string> folders;  // after the loader's own places
  std::string remedy;                // "install the CUDA toolkit, version 13"
};

// Stays open to the end of the process, for what it handed out may be in use until then.
class SharedLibrary {
 public:
  // An Error names every place that was tried, the loader's reason for the last and the remedy.
  explicit SharedLibrary(const LibrarySearch& search);

  // An Error names the library and the function that it does not have.
  template <class Function>
  void load(Function& function, const char* name) const {
    function = reinterpret_cast<Function>(address(name));
  }
  const std::string& path() const { return path_; }

 private:
  void* address(const char* name) const;
  std::string path_;
  void* handle_ = nullptr;
};

}  // namespace tengen::nn
