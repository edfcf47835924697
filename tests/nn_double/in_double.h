// Included before every source of nn_double_tests: from here on `float` is double.
//
// Finite differences in float32 tell a wrong gradient from a right one only to some thousandths;
// in double they tell to some billionths. The library's sources stay untouched: whatever declares
// floats of its own (standard library, Eigen, TBB, GoogleTest) is included first.
#pragma once

#include <bits/stdc++.h>
#include <gtest/gtest.h>
#include <oneapi/tbb.h>

#include <Eigen/Dense>

#define float double
