// The program as a user runs it: by way of the shell.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace tengen {

struct Finished {
  int exit_code;
  std::string output;  // what came on standard output
};

// `command` may pipe and redirect.
inline Finished run_by_shell(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string output;
  char buffer[4096];
  while (size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
  return {WEXITSTATUS(::pclose(pipe)), output};
}

// The program without input; standard output and error together.
inline Finished run(const std::string& arguments) {
  return run_by_shell("'" TENGEN_PROGRAM "' " + arguments + " 2>&1 </dev/null");
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace tengen
