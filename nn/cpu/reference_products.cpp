// Matrix product and convolution of the reference device, on Eigen. A convolution is a product
// with the image's patches laid out as rows: [out_h * out_w, kernel_h * kernel_w * in].
#include <Eigen/Core>
#include <algorithm>
#include <utility>
#include <vector>

#include "nn/cpu/reference_device.h"
#include "nn/precision.h"

namespace tengen::nn {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
using MutableMap = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;

ConstMap matrix(const float* data, int64_t rows, int64_t columns, int64_t stride) {
  return {data, rows, columns, Eigen::OuterStride<>(stride)};
}
MutableMap matrix(float* data, int64_t rows, int64_t columns, int64_t stride) {
  return {data, rows, columns, Eigen::OuterStride<>(stride)};
}

// A factor in the precision of its product: itself, or a rounded copy.
class Factor {
 public:
  Factor(Precision precision, const float* x, int64_t size) : data_(x) {
    if (precision == Precision::kFloat32) return;
    rounded_.resize(size);
    std::transform(x, x + size, rounded_.begin(), rounded_to_bfloat16);
    data_ = rounded_.data();
  }
  const float* data() const { return data_; }

 private:
  std::vector<float> rounded_;
  const float* data_;
};

// Floats from the first to the last of a matrix with leading dimension ld.
int64_t extent(int64_t rows, int64_t columns, int64_t ld) {
  return rows > 0 ? (rows - 1) * ld + columns : 0;
}

// Calls visit(patch_offset, image_offset) for every run of a group's input channels that a patch
// and the image share; runs that fall into the padding are skipped.
template <class Visit>
void for_each_patch_run(const Conv2dShape& s, int64_t group, const Visit& visit) {
  int64_t patch = 0;
  for (int64_t oy = 0; oy < s.out_height(); ++oy)
    for (int64_t ox = 0; ox < s.out_width(); ++ox)
      for (int64_t ky = 0; ky < s.kernel_h; ++ky)
        for (int64_t kx = 0; kx < s.kernel_w; ++kx, patch += s.group_in()) {
          const int64_t y = oy * s.stride.h + ky * s.dilation.h - s.padding.h;
          const int64_t x = ox * s.stride.w + kx * s.dilation.w - s.padding.w;
          if (y < 0 || y >= s.height || x < 0 || x >= s.width) continue;
          visit(patch, (y * s.width + x) * s.in + group * s.group_in());
        }
}

struct ConvSizes {
  explicit ConvSizes(const Conv2dShape& s)
      : rows(s.out_height() * s.out_width()),
        depth(s.kernel_h * s.kernel_w * s.group_in()),
        image(s.height * s.width * s.in) {}
  int64_t rows, depth, image;
};

// Calls body(image, group) for every image and group of channels.
template <class Body>
void for_each_group(const Conv2dShape& s, const Body& body) {
  for (int64_t i = 0; i < s.n; ++i)
    for (int64_t g = 0; g < s.groups; ++g) body(i, g);
}

// The columns of a group in a matrix [rows, out].
template <class Float>
auto group_columns(const Conv2dShape& s, int64_t group, Float* data, int64_t rows) {
  return matrix(data + group * s.group_out(), rows, s.group_out(), s.out);
}

}  // namespace

void ReferenceDevice::gemm(const GemmShape& s, const float* a, const float* b, float* c) {
  const int64_t a_rows = s.transpose_a ? s.k : s.m, a_columns = s.transpose_a ? s.m : s.k;
  const int64_t b_rows = s.transpose_b ? s.n : s.k, b_columns = s.transpose_b ? s.k : s.n;
  const Factor a_factor(s.precision, a, extent(a_rows, a_columns, s.lda));
  const Factor b_factor(s.precision, b, extent(b_rows, b_columns, s.ldb));
  const ConstMap left(a_factor.data(), a_rows, a_columns, Eigen::OuterStride<>(s.lda));
  const ConstMap right(b_factor.data(), b_rows, b_columns, Eigen::OuterStride<>(s.ldb));
  MutableMap result(c, s.m, s.n, Eigen::OuterStride<>(s.ldc));
  if (s.beta == 0.0f) {
    result.setZero();
  } else if (s.beta != 1.0f) {
    result *= s.beta;
  }
  if (s.transpose_a && s.transpose_b) {
    result.noalias() += left.transpose() * right.transpose();
  } else if (s.transpose_a) {
    result.noalias() += left.transpose() * right;
  } else if (s.transpose_b) {
    result.noalias() += left * right.transpose();
  } else {
    result.noalias() += left * right;
  }
}

void ReferenceDevice::gemm_batch(const GemmShape& s, int64_t batch, const float* a, int64_t a_step,
                                 const float* b, int64_t b_step, float* c, int64_t c_step) {
  for (int64_t i = 0; i < batch; ++i) gemm(s, a + i * a_step, b + i * b_step, c + i * c_step);
}

void ReferenceDevice::conv2d(const Conv2dShape& s, const float* x, const float* w, float* y) {
  const ConvSizes sizes(s);
  const Factor images(s.precision, x, s.n * sizes.image);
  const Factor weights(s.precision, w, sizes.depth * s.out);
  std::vector<float> patches(sizes.rows * sizes.depth);  // the padding stays zero
  for_each_group(s, [&](int64_t i, int64_t g) {
    const float* image = images.data() + i * sizes.image;
    for_each_patch_run(s, g, [&](int64_t patch, int64_t at) {
      std::copy_n(image + at, s.group_in(), patches.data() + patch);
    });
    group_columns(s, g, y + i * sizes.rows * s.out, sizes.rows).noalias() =
        matrix(std::as_const(patches).data(), sizes.rows, sizes.depth, sizes.depth) *
        group_columns(s, g, weights.data(), sizes.depth);
  });
}

void ReferenceDevice::conv2d_grad_input(const Conv2dShape& s, const float* dy, const float* w,
                                        float* dx) {
  const ConvSizes sizes(s);
  const Factor gradient(s.precision, dy, s.n * sizes.rows * s.out);
  const Factor weights(s.precision, w, sizes.depth * s.out);
  std::vector<float> patches(sizes.rows * sizes.depth);
  std::fill_n(dx, s.n * sizes.image, 0.0f);
  for_each_group(s, [&](int64_t i, int64_t g) {
    matrix(patches.data(), sizes.rows, sizes.depth, sizes.depth).noalias() =
        group_columns(s, g, gradient.data() + i * sizes.rows * s.out, sizes.rows) *
        group_columns(s, g, weights.data(), sizes.depth).transpose();
    float* image = dx + i * sizes.image;
    for_each_patch_run(s, g, [&](int64_t patch, int64_t at) {
      for (int64_t c = 0; c < s.group_in(); ++c) image[at + c] += patches[patch + c];
    });
  });
}

void ReferenceDevice::conv2d_grad_weight(const Conv2dShape& s, const float* x, const float* dy,
                                         float* dw) {
  const ConvSizes sizes(s);
  const Factor images(s.precision, x, s.n * sizes.image);
  const Factor gradient(s.precision, dy, s.n * sizes.rows * s.out);
  std::vector<float> patches(sizes.rows * sizes.depth);
  std::fill_n(dw, sizes.depth * s.out, 0.0f);
  for_each_group(s, [&](int64_t i, int64_t g) {
    const float* image = images.data() + i * sizes.image;
    for_each_patch_run(s, g, [&](int64_t patch, int64_t at) {
      std::copy_n(image + at, s.group_in(), patches.data() + patch);
    });
    group_columns(s, g, dw, sizes.depth).noalias() +=
        matrix(std::as_const(patches).data(), sizes.rows, sizes.depth, sizes.depth).transpose() *
        group_columns(s, g, gradient.data() + i * sizes.rows * s.out, sizes.rows);
  });
}

}  // namespace tengen::nn
