// The arithmetic of a convolution of stride 1 by Winograd F(m x m, r x r) (Lavin and Gray 2016):
// tile size, numbers of tiles, sizes and strides of every buffer. No code that runs hot.
//
// An image is cut into tiles of m x m outputs; each needs (m+r-1) x (m+r-1) inputs. After the input
// transform, element e of every tile forms one matrix V[e] [rows, in] with rows = images * tiles;
// M[e] = V[e] U[e], with the transformed weights U[e] [in, out]; the output transform turns M into
// pixels. V and M lie as [element][group of `lanes` channels][row][lane].
#pragma once

#include <cstddef>
#include <cstdint>

namespace tengen::nn {

struct WinogradShape {
  int64_t height = 0, width = 0, in = 0, out = 0;
  int64_t lanes = 0;                // floats in a vector of the instruction set
  int64_t kernel = 3, padding = 1;  // r is 3 or 5
  int64_t tile = 0;                 // m
  int64_t tiles_y = 0, tiles_x = 0;
  int64_t images = 0;  // at most so many at once

  int64_t out_height() const { return height + 2 * padding - kernel + 1; }
  int64_t out_width() const { return width + 2 * padding - kernel + 1; }
  int64_t edge() const { return tile + kernel - 1; }
  int64_t elements() const { return edge() * edge(); }
  int64_t tiles() const { return tiles_y * tiles_x; }
  int64_t rows() const { return images * tiles(); }
  int64_t in_groups() const { return (in + lanes - 1) / lanes; }
  int64_t out_groups() const { return (out + lanes - 1) / lanes; }

  // The zero-bordered board on which the transforms read one group of channels, [y][x][lane].
  int64_t board_height() const { return tiles_y * tile + kernel - 1; }
  int64_t board_width() const { return tiles_x * tile + kernel - 1; }
  int64_t board_floats() const { return board_height() * board_width() * lanes; }

  // From one element to the next, in floats: an odd number of cache lines, or the elements of a
  // tile would share few sets of the first-level cache.
  int64_t in_slot() const { return odd_lines(rows() * in_groups() * lanes); }
  int64_t out_slot() const { return odd_lines(rows() * out_groups() * lanes); }

  int64_t weight_floats() const { return elements() * in * out_groups() * lanes; }
  int64_t v_floats() const { return elements() * in_slot(); }
  int64_t m_floats() const { return elements() * out_slot(); }

 private:
  static int64_t odd_lines(int64_t floats) { return ((floats + 15) / 16 | 1) * 16; }
};

// Completes a shape whose sizes, lanes, kernel and padding are set: chooses the tile that costs the
// fewest multiplications (9x9: F(3x3) fits exactly; 19x19: F(4x4)) and, up to `max_images`, so many
// images that about `wanted_rows` rows are multiplied at once.
WinogradShape with_tiles(WinogradShape shape, int64_t max_images, int64_t wanted_rows);

}  // namespace tengen::nn
