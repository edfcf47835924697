#include "nn/cpu/grouped_conv.h"

#include <algorithm>

#include "nn/base/parallel.h"
#include "nn/cpu/image_pieces.h"
#include "nn/cpu/scratch.h"

namespace tengen::nn {
namespace {

constexpr int64_t kGradImages = 2;  // the fewest that one partial gradient of weights sums

// Results o of an axis whose tap lies at o * stride + offset inside [0, size).
struct Inside {
  Inside(int64_t results, int64_t stride, int64_t offset, int64_t size)
      : begin(offset < 0 ? (-offset + stride - 1) / stride : 0),
        end(offset >= size ? 0 : std::min(results, (size - 1 - offset) / stride + 1)) {}
  int64_t begin, end;
};

// Calls visit(tap, place in the image, place in the result, pixels) for every run of pixels of a
// line whose tap lies inside the image.
template <class Visit>
void for_each_run(const Conv2dShape& s, const Visit& visit) {
  for (int64_t oy = 0; oy < s.out_height(); ++oy)
    for (int64_t tap = 0; tap < s.kernel_h * s.kernel_w; ++tap) {
      const int64_t y = oy * s.stride.h + tap / s.kernel_w * s.dilation.h - s.padding.h;
      if (y < 0 || y >= s.height) continue;
      const int64_t offset = tap % s.kernel_w * s.dilation.w - s.padding.w;
      const Inside inside(s.out_width(), s.stride.w, offset, s.width);
      if (inside.begin >= inside.end) continue;
      visit(tap, (y * s.width + inside.begin * s.stride.w + offset) * s.in,
            (oy * s.out_width() + inside.begin) * s.out, inside.end - inside.begin);
    }
}

int64_t image_floats(const Conv2dShape& s) { return s.height * s.width * s.in; }
int64_t result_floats(const Conv2dShape& s) { return s.out_height() * s.out_width() * s.out; }

// One group's share of matrices [rows, columns], dense [rows, columns / groups].
void take_group(Device& device, int64_t rows, int64_t columns, int64_t groups, int64_t group,
                const float* all, float* own) {
  const int64_t width = columns / groups;
  device.copy_blocks(rows, width, all + group * width, columns, own, width);
}
void put_group(Device& device, int64_t rows, int64_t columns, int64_t groups, int64_t group,
               const float* own, float* all) {
  const int64_t width = columns / groups;
  device.copy_blocks(rows, width, own, width, all + group * width, columns);
}

// The memory of one group's convolution, and the numbers of rows in its matrices.
struct Group {
  explicit Group(const Conv2dShape& s)
      : shape(s),
        image_rows(s.n * s.height * s.width),
        result_rows(s.n * s.out_height() * s.out_width()),
        weight_rows(s.kernel_h * s.kernel_w * s.group_in()),
        image(image_rows * s.group_in()),
        result(result_rows * s.group_out()),
        weight(weight_rows * s.group_out()) {
    shape.in = s.group_in();
    shape.out = s.group_out();
    shape.groups = 1;
  }
  Conv2dShape shape;
  int64_t image_rows, result_rows, weight_rows;
  Scratch image, result, weight;
};

}  // namespace

bool depthwise_fits(const Conv2dShape& s) { return s.groups == s.in && s.groups == s.out; }

void depthwise_conv2d(const Kernels& kernels, const Conv2dShape& s, const float* x, const float* w,
                      float* y) {
  parallel_for(s.n, [&](int64_t i) {
    const float* image = x + i * image_floats(s);
    float* result = y + i * result_floats(s);
    std::fill_n(result, result_floats(s), 0.0f);
    for_each_run(s, [&](int64_t tap, int64_t in, int64_t out, int64_t pixels) {
      kernels.multiply_add_columns(pixels, s.in, image + in, s.stride.w * s.in, w + tap * s.in,
                                   result + out, s.in);
    });
  });
}

void depthwise_grad_input(const Kernels& kernels, const Conv2dShape& s, const float* dy,
                          const float* w, float* dx) {
  parallel_for(s.n, [&](int64_t i) {
    const float* result = dy + i * result_floats(s);
    float* image = dx + i * image_floats(s);
    std::fill_n(image, image_floats(s), 0.0f);
    for_each_run(s, [&](int64_t tap, int64_t in, int64_t out, int64_t pixels) {
      kernels.multiply_add_columns(pixels, s.in, result + out, s.in, w + tap * s.in, image + in,
                                   s.stride.w * s.in);
    });
  });
}

void depthwise_grad_weight(const Kernels& kernels, const Conv2dShape& s, const float* x,
                           const float* dy, float* dw) {
  const int64_t parts = parts_of(s.n, kGradImages), size = s.kernel_h * s.kernel_w * s.in;
  const Scratch partial(parts * size);
  parallel_for(parts, [&](int64_t part) {
    const Share share(s.n, parts, part);
    float* sums = partial.data() + part * size;
    std::fill_n(sums, size, 0.0f);
    for (int64_t i = share.begin; i < share.end; ++i)
      for_each_run(s, [&](int64_t tap, int64_t in, int64_t out, int64_t pixels) {
        kernels.product_sums(pixels, s.in, x + i * image_floats(s) + in, s.stride.w * s.in,
                             dy + i * result_floats(s) + out, s.in, sums + tap * s.in);
      });
  });
  sum_parts(kernels, parts, size, partial.data(), dw);
}

void grouped_conv2d(Device& device, const Conv2dShape& s, const float* x, const float* w,
                    float* y) {
  const Group own(s);
  for (int64_t g = 0; g < s.groups; ++g) {
    take_group(device, own.image_rows, s.in, s.groups, g, x, own.image.data());
    take_group(device, own.weight_rows, s.out, s.groups, g, w, own.weight.data());
    device.conv2d(own.shape, own.image.data(), own.weight.data(), own.result.data());
    put_group(device, own.result_rows, s.out, s.groups, g, own.result.data(), y);
  }
}

void grouped_grad_input(Device& device, const Conv2dShape& s, const float* dy, const float* w,
                        float* dx) {
  const Group own(s);
  for (int64_t g = 0; g < s.groups; ++g) {
    take_group(device, own.result_rows, s.out, s.groups, g, dy, own.result.data());
    take_group(device, own.weight_rows, s.out, s.groups, g, w, own.weight.data());
    device.conv2d_grad_input(own.shape, own.result.data(), own.weight.data(), own.image.data());
    put_group(device, own.image_rows, s.in, s.groups, g, own.image.data(), dx);
  }
}

void grouped_grad_weight(Device& device, const Conv2dShape& s, const float* x, const float* dy,
                         float* dw) {
  const Group own(s);
  for (int64_t g = 0; g < s.groups; ++g) {
    take_group(device, own.image_rows, s.in, s.groups, g, x, own.image.data());
    take_group(device, own.result_rows, s.out, s.groups, g, dy, own.result.data());
    device.conv2d_grad_weight(own.shape, own.image.data(), own.result.data(), own.weight.data());
    put_group(device, own.weight_rows, s.out, s.groups, g, own.weight.data(), dw);
  }
}

}  // namespace tengen::nn
