#include "tools/run_program.h"

#include <sched.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/error.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <system_error>

#include "nn/base/check.h"

namespace tengen::tools {
namespace {

namespace process = boost::process;

// As a shell would take it.
std::string command_text(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ' ';
    if (word.find_first_of(" '\"\\$&;|<>()*?") == std::string::npos) {
      out += word;
      continue;
    }
    out += '\'';
    for (char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    out += '\'';
  }
  return out;
}

cpu_set_t first_processors(int count) {
  cpu_set_t allowed;
  CHECK(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
  if (count <= 0) return allowed;
  cpu_set_t out;
  CPU_ZERO(&out);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&out) < count; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) CPU_SET(cpu, &out);
  return out;
}

}  // namespace

std::string run_program(const std::vector<std::string>& words, int cores) {
  CHECK(!words.empty());
  const cpu_set_t processors = first_processors(cores);
  const auto prepare = [&](auto&) { sched_setaffinity(0, sizeof processors, &processors); };
  process::ipstream output;
  std::error_code error;
  process::child child(words.front(), process::args(std::vector(words.begin() + 1, words.end())),
                       process::std_out > output, process::extend::on_exec_setup = prepare, error);
  if (error)
    throw Error("cannot start: " + command_text(words) + ": " + error.message() +
                "; is the path right?");
  std::string text{std::istreambuf_iterator<char>(output), {}};
  child.wait(error);
  if (error || child.exit_code() != 0)
    throw Error("this failed, run it by hand to see why: " + command_text(words));
  return text;
}

}  // namespace tengen::tools
