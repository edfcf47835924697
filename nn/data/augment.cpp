#include "nn/data/augment.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "nn/base/check.h"
#include "nn/data/image_geometry.h"

namespace tengen::nn {
namespace {

// In [0, most].
int64_t up_to(int64_t most, Rng& rng) { return rng.below(static_cast<uint32_t>(most) + 1); }
// In [-most, most].
int64_t around_zero(int64_t most, Rng& rng) { return up_to(2 * most, rng) - most; }
double around_zero(double most, Rng& rng) { return (2 * rng.uniform() - 1) * most; }

std::vector<float> gaussian(double sigma) {
  const auto reach = static_cast<int64_t>(std::ceil(3 * sigma));
  std::vector<float> out;
  double sum = 0;
  for (int64_t i = -reach; i <= reach; ++i) {
    const double x = static_cast<double>(i) / sigma;
    out.push_back(static_cast<float>(std::exp(-x * x / 2)));
    sum += out.back();
  }
  for (float& weight : out) weight = static_cast<float>(weight / sum);
  return out;
}

// Along the middle axis of [outer, length, inner], zero outside: for each weight, what lies that
// far away is added in one run over memory.
void smooth(std::vector<float>& field, int64_t outer, int64_t length, int64_t inner,
            const std::vector<float>& kernel) {
  const std::vector<float> before = field;
  std::fill(field.begin(), field.end(), 0.0f);
  const auto reach = static_cast<int64_t>(kernel.size() / 2);
  for (int64_t block = 0; block < outer; ++block)
    for (int64_t away = -reach; away <= reach; ++away) {
      const float weight = kernel[away + reach];
      const int64_t start = block * length * inner;
      const int64_t end = start + std::min(length, length - away) * inner;
      for (int64_t i = start + std::max<int64_t>(0, -away) * inner; i < end; ++i)
        field[i] += weight * before[i + away * inner];
    }
}

std::vector<float> smooth_field(int64_t height, int64_t width, double alpha,
                                const std::vector<float>& kernel, Rng& rng) {
  std::vector<float> field(height * width);
  for (float& value : field) value = static_cast<float>(around_zero(alpha, rng));
  smooth(field, height, width, 1, kernel);
  smooth(field, 1, height, width, kernel);
  return field;
}

}  // namespace

Transform augment(std::vector<TensorTransform> steps) {
  return [steps = std::move(steps)](const Sample& sample, Rng& rng) {
    Sample out = sample;
    for (const TensorTransform& step : steps) out.at(0) = step(out[0], rng);
    return out;
  };
}

TensorTransform random_crop(int64_t height, int64_t width, int64_t padding) {
  CHECK(height > 0);
  CHECK(width > 0);
  CHECK(padding >= 0);
  return [=](const Tensor& x, Rng& rng) {
    const int64_t room_y = x.shape()[0] + 2 * padding - height,
                  room_x = x.shape()[1] + 2 * padding - width;
    if (room_y < 0 || room_x < 0)
      throw Error("random_crop: no part of " + std::to_string(height) + "x" +
                  std::to_string(width) + " in an image " + x.shape().text() +
                  "; resize it, or pad more");
    const int64_t top = up_to(room_y, rng) - padding, left = up_to(room_x, rng) - padding;
    return cropped(x, top, left, height, width);
  };
}

TensorTransform random_flip(double probability) {
  return [=](const Tensor& x, Rng& rng) { return rng.uniform() < probability ? mirrored(x) : x; };
}

TensorTransform random_shift(int64_t most) {
  CHECK(most >= 0);
  return [=](const Tensor& x, Rng& rng) {
    const int64_t top = around_zero(most, rng), left = around_zero(most, rng);
    return cropped(x, top, left, x.shape()[0], x.shape()[1]);
  };
}

TensorTransform random_rotation(double most_degrees) {
  return [=](const Tensor& x, Rng& rng) { return rotated(x, around_zero(most_degrees, rng)); };
}

TensorTransform random_affine(const AffineOptions& most) {
  CHECK(most.scale < 1);
  return [=](const Tensor& x, Rng& rng) {
    const double turn = around_zero(most.degrees, rng) * std::numbers::pi / 180;
    const double inverse = 1 / (1 + around_zero(most.scale, rng));
    const double shear = around_zero(most.shear, rng);
    const double shift_y = around_zero(most.shift, rng), shift_x = around_zero(most.shift, rng);
    const double cosine = inverse * std::cos(turn), sine = inverse * std::sin(turn);
    const int64_t height = x.shape()[0], width = x.shape()[1];
    std::vector<float> dy(height * width), dx(height * width);
    for (int64_t i = 0; i < height * width; ++i) {
      // Seen from the centre: this pixel, before the shift and the shear, then turned back.
      const double row = static_cast<double>(i / width) - static_cast<double>(height - 1) / 2;
      const double column = static_cast<double>(i % width) - static_cast<double>(width - 1) / 2;
      const double y = row - shift_y, straight = column - shift_x + shear * y;
      dy[i] = static_cast<float>(sine * straight + cosine * y - row);
      dx[i] = static_cast<float>(cosine * straight - sine * y - column);
    }
    return displaced(x, dy, dx);
  };
}

TensorTransform elastic(double alpha, double sigma) {
  CHECK(sigma > 0);
  return [alpha, kernel = gaussian(sigma)](const Tensor& x, Rng& rng) {
    const int64_t height = x.shape()[0], width = x.shape()[1];
    const std::vector<float> dy = smooth_field(height, width, alpha, kernel, rng);
    const std::vector<float> dx = smooth_field(height, width, alpha, kernel, rng);
    return displaced(x, dy, dx);
  };
}

TensorTransform cutout(int64_t size) {
  CHECK(size > 0);
  return [=](const Tensor& x, Rng& rng) {
    const int64_t height = x.shape()[0], width = x.shape()[1], channels = x.shape()[2];
    const int64_t top = up_to(height - 1, rng) - size / 2, left = up_to(width - 1, rng) - size / 2;
    const int64_t first = std::max<int64_t>(0, left), last = std::min(width, left + size);
    Tensor out = x.clone();
    for (int64_t row = std::max<int64_t>(0, top); row < std::min(height, top + size); ++row)
      std::fill(out.data() + (row * width + first) * channels,
                out.data() + (row * width + last) * channels, 0.0f);
    return out;
  };
}

ChannelStatistics channel_statistics(const Dataset& dataset) {
  CHECK(dataset.size() > 0);
  const Shape shape = dataset.get(0).at(0).shape();
  CHECK(shape.rank() > 0);
  const int64_t channels = shape[-1];
  std::vector<double> sum(channels), squares(channels);
  int64_t count = 0;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const Sample sample = dataset.get(i);
    if (sample.at(0).shape().rank() == 0 || sample[0].shape()[-1] != channels)
      throw Error("channel_statistics: sample " + std::to_string(i) + " is " +
                  sample[0].shape().text() + ", the first " + shape.text());
    const std::span<const float> values = sample[0].values();
    for (size_t at = 0; at < values.size(); ++at) {
      sum[at % channels] += values[at];
      squares[at % channels] += static_cast<double>(values[at]) * values[at];
    }
    count += sample[0].size() / channels;
  }
  ChannelStatistics out;
  for (int64_t c = 0; c < channels; ++c) {
    const double mean = sum[c] / static_cast<double>(count);
    const double variance = squares[c] / static_cast<double>(count) - mean * mean;
    out.mean.push_back(static_cast<float>(mean));
    out.deviation.push_back(static_cast<float>(std::sqrt(std::max(variance, 0.0))));
  }
  return out;
}

TensorTransform normalize(ChannelStatistics statistics) {
  CHECK(!statistics.mean.empty());
  CHECK(statistics.mean.size() == statistics.deviation.size());
  std::vector<float> factor;
  for (const float deviation : statistics.deviation)
    factor.push_back(deviation > 0 ? 1 / deviation : 1.0f);
  return [mean = std::move(statistics.mean), factor = std::move(factor)](const Tensor& x, Rng&) {
    CHECK(x.shape()[-1] == static_cast<int64_t>(mean.size()));
    Tensor out = x.clone();
    const std::span<float> values = out.values();
    for (size_t c = 0; c < mean.size(); ++c) {
      const float middle = mean[c], scale = factor[c];
      for (size_t i = c; i < values.size(); i += mean.size())
        values[i] = (values[i] - middle) * scale;
    }
    return out;
  };
}

}  // namespace tengen::nn
