// gradcheck: is a gradient the derivative of its value?
//
// Whoever writes an operation or a layer asks it; the tests of this library ask it about each.
// Beside a correct gradient stand three sources of difference: rounding (about 1e-7 / step in
// float32), curvature (about step^2), and kinks: at relu's zero the two differ by right. So: keep
// inputs away from kinks by more than the step, f smooth and its results around one, and expect
// about 1e-3 with the default step; a wrong sign or a forgotten factor shows as 0.1 to 2. The tests
// compile the library a second time in double, where a step of 1e-5 leaves less than 1e-6.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nn/autograd.h"
#include "nn/layers/module.h"

namespace tengen::nn {

struct GradcheckOptions {
  double step = 1e-2;
  int max_elements = 64;  // of each input or parameter, evenly spread; the rest is not checked
};

// The largest difference found, and where.
struct GradcheckResult {
  double difference = 0.0;  // |analytic - numeric| / max(1, |analytic|, |numeric|); NaN if any is
  std::string place;        // "input 1, element 7" or "conv.weight, element 7"
  double analytic = 0.0;    // from backward()
  double numeric = 0.0;     // (f(x + step) - f(x - step)) / (2 step)
  std::string text() const;
};

// Compares backward() with central differences of the scalar function `f` at `inputs`, which stay
// as they are. Runs on whatever device the inputs are. f must return the same for the same inputs.
GradcheckResult gradcheck_report(const std::function<Var(const std::vector<Var>&)>& f,
                                 const std::vector<Var>& inputs,
                                 const GradcheckOptions& options = {});
double gradcheck(const std::function<Var(const std::vector<Var>&)>& f,
                 const std::vector<Var>& inputs, double step = 1e-2, int max_elements = 64);

// The same for the parameters of `module`, of which `loss` is a function: for example
// [&] { return mean(square(net.forward(x))); }. Parameters and buffers are left as they were,
// gradients empty. A module that draws random numbers must draw the same in every call.
GradcheckResult gradcheck_report(Module& module, const std::function<Var()>& loss,
                                 const GradcheckOptions& options = {});

}  // namespace tengen::nn
