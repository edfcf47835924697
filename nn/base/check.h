// Errors, in the two kinds that the house throws.
//
// CHECK is for a wrong program: it stays on in every build, stands at public boundaries and
// prints both sides of a comparison. Error is for a wrong world (a file, an option, a line of
// text): its message names the place and the remedy, and main() or a session prints it.
// Hot loops use assert; a legitimate nothing is a std::optional.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace tengen {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class CheckFailure : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

namespace check_internal {

[[noreturn]] void fail(const char* file, int line, const char* text, const std::string& values);

template <class T>
std::string shown(const T& value) {
  if constexpr (requires(std::ostringstream & out) { out << value; }) {
    std::ostringstream out;
    out << value;
    return out.str();
  } else {
    return "?";
  }
}

struct Result {
  bool ok;
  std::string values;
};

// `Capture{} << a == b` binds as `(Capture{} << a) == b`, which keeps hold of both sides.
// A literal compared with a size is what people write; the compiler's doubt about signs is not
// ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare"
template <class A>
struct Left {
  const A& a;
  template <class B>
  Result compare(bool ok, const B& b) const {
    return {ok, ok ? std::string() : shown(a) + " against " + shown(b)};
  }
  template <class B>
  Result operator==(const B& b) const {
    return compare(a == b, b);
  }
  template <class B>
  Result operator!=(const B& b) const {
    return compare(a != b, b);
  }
  template <class B>
  Result operator<(const B& b) const {
    return compare(a < b, b);
  }
  template <class B>
  Result operator<=(const B& b) const {
    return compare(a <= b, b);
  }
  template <class B>
  Result operator>(const B& b) const {
    return compare(a > b, b);
  }
  template <class B>
  Result operator>=(const B& b) const {
    return compare(a >= b, b);
  }
  operator Result() const { return {static_cast<bool>(a), std::string()}; }
};
#pragma GCC diagnostic pop

struct Capture {
  template <class A>
  Left<A> operator<<(const A& a) const {
    return {a};
  }
};

}  // namespace check_internal
}  // namespace tengen

// Throws CheckFailure unless `condition` holds: CHECK(rows <= capacity).
#define CHECK(...)                                                                            \
  do {                                                                                        \
    ::tengen::check_internal::Result check_result_ = ::tengen::check_internal::Capture{}      \
                                                     << __VA_ARGS__;                          \
    if (!check_result_.ok)                                                                    \
      ::tengen::check_internal::fail(__FILE__, __LINE__, #__VA_ARGS__, check_result_.values); \
  } while (false)
