#include "nn/cuda/shared_library.h"

#include <dlfcn.h>

#include "nn/base/check.h"

namespace tengen::nn {

SharedLibrary::SharedLibrary(const LibrarySearch& search) {
  std::string tried, reason;
  const auto open = [&](const std::string& path) {
    handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_) {
      path_ = path;
      return true;
    }
    tried += (tried.empty() ? "" : ", ") + path;
    reason = dlerror();
    return false;
  };
  for (const std::string& name : search.names)
    if (open(name)) return;
  for (const std::string& folder : search.folders)
    for (const std::string& name : search.names)
      if (open(folder + "/" + name)) return;
  throw Error("cannot open " + search.what + ": tried " + tried + " (" + reason + "); " +
              search.remedy);
}

void* SharedLibrary::address(const char* name) const {
  void* const found = dlsym(handle_, name);
  if (!found) throw Error(path_ + " has no " + name + ": it is too old for this program");
  return found;
}

}  // namespace tengen::nn
