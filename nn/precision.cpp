#include "nn/precision.h"

namespace tengen::nn {
namespace {

Precision& thread_precision() {
  thread_local Precision precision = Precision::kFloat32;
  return precision;
}

}  // namespace

ProductPrecision::ProductPrecision(Precision precision) : before_(thread_precision()) {
  thread_precision() = precision;
}

ProductPrecision::~ProductPrecision() { thread_precision() = before_; }

Precision product_precision() { return thread_precision(); }

}  // namespace tengen::nn
