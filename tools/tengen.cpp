// The program: reads the command line and runs one subcommand.
#include <exception>
#include <iostream>

#include "nn/base/check.h"

int main() {
  std::cout << "tengen " TENGEN_VERSION "\n";
  return 0;
}
