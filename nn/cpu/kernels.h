// Kernels: the inner loops, compiled once for each instruction set and chosen at run time.
//
// The *.inc files hold one source; kernels_plain.cpp, kernels_avx2.cpp and kernels_avx512.cpp
// include it with their vector width. Only those files are compiled for more than the baseline,
// and nothing they define is visible outside them but one table each, so no function compiled
// for AVX-512 can be linked into the rest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/cpu/bf16_kernels.h"
#include "nn/cpu/chain_kernels.h"
#include "nn/cpu/element_kernels.h"
#include "nn/cpu/winograd_shape.h"

namespace tengen::nn {

// What happens to a convolution's or a product's result before it is stored, in this order.
// Pointers may be null.
struct Epilogue {
  const float* bias = nullptr;      // [out]
  const float* residual = nullptr;  // the shape of the result
  bool relu = false;
};

// A product over A with its rows in memory order: C[rows, columns] (+)= A B. A is [k / lanes]
// [a_group / lanes rows][lanes], as pack_rows writes it, and its last group may be short; B is as
// pack_columns writes it; vector v of C's row r lies at c[r * c_row + v * c_vector].
struct RowProduct {
  int64_t rows, columns, k;
  const float* a;
  int64_t a_group;
  const float* b;
  float* c;
  int64_t c_row, c_vector;
  bool accumulate;
};

// The same with A transposed: element (row, k) at a[k * a_k + row]. B is packed (b_vector 0), or
// vector v of row k lies at b[v * b_vector + k * lanes].
struct ColumnProduct {
  int64_t rows, columns, k;
  const float* a;
  int64_t a_k;
  const float* b;
  int64_t b_vector;
  float* c;
  int64_t c_row;
  bool accumulate;
};

// A convolution read from planes: pixel (line, i) of the result [lines, width, columns] meets tap k
// at a[line * a_line + i + at[k]]. `columns` is a multiple of the lanes.
struct TapProduct {
  int64_t lines, width, columns;
  const float* a;
  int64_t a_line;
  const int64_t* at;  // [taps]
  int64_t taps;
};

// Pooling windows side by side: window i has its taps at x[i * step + at[t]], channels following.
struct PoolRow {
  int64_t count, step, channels;
  const int64_t* at;   // [taps]
  const int32_t* tap;  // their numbers
  int64_t taps;
};

struct Kernels {
  const char* name;
  int64_t lanes;         // floats in a vector
  int64_t rows_at_once;  // rows that one pass of a row product keeps in registers

  // Matrix products (gemm_kernels.inc).
  // a [rows, k] with leading dimension lda -> [ceil(k / lanes)][rows][lanes]; the rest of the
  // last group is left alone.
  void (*pack_rows)(int64_t rows, int64_t k, const float* a, int64_t lda, float* packed);
  // op(b) [k, n] -> panels of one to three vectors, each [k][panel]; columns past n become zero.
  void (*pack_columns)(int64_t k, int64_t n, const float* b, int64_t ldb, bool transpose,
                       float* packed);
  void (*multiply_rows)(const RowProduct& product);
  void (*multiply_columns)(const ColumnProduct& product);
  // y [rows, columns] in place.
  void (*finish)(int64_t rows, int64_t columns, const Epilogue& epilogue, float* y);

  // Winograd (winograd_kernels.inc). One image, `image` its place among those multiplied at once;
  // `board` is board_floats() with zero borders, of which only the inside is written.
  void (*winograd_weights)(const WinogradShape& shape, const float* w, float* u);
  void (*winograd_input)(const WinogradShape& shape, int64_t image, const float* x, float* board,
                         float* v);
  void (*winograd_multiply)(const WinogradShape& shape, int64_t images, const float* u,
                            const float* v, float* m);
  void (*winograd_output)(const WinogradShape& shape, int64_t image, const float* m,
                          const Epilogue& epilogue, float* y);
  // For the gradient of the weights: dy -> z, laid out as m; du [element][in][out_groups * lanes]
  // (+)= V^T Z; dw [kernel,kernel,in,out] = its back transform.
  void (*winograd_grad_output)(const WinogradShape& shape, int64_t image, const float* dy,
                               float* board, float* z);
  void (*winograd_grad_multiply)(const WinogradShape& shape, int64_t images, const float* v,
                                 const float* z, bool accumulate, float* du);
  void (*winograd_grad_weights)(const WinogradShape& shape, const float* du, float* dw);
  // For the gradient of the input: m = Z U^T, laid out as v, -> dx by the adjoint of
  // winograd_input.
  void (*winograd_grad_input)(const WinogradShape& shape, int64_t image, const float* m,
                              float* board, float* dx);

  // Other convolutions and pooling (image_kernels.inc).
  // y [lines, width, columns] with w [taps, columns] as pack_columns writes it; dw [taps, columns]
  // += the sum over pixels of tap * dy.
  void (*multiply_taps)(const TapProduct& product, const float* w, float* y);
  void (*multiply_taps_grad)(const TapProduct& product, const float* dy, float* dw);
  // y [count, channels] = the largest of each window, then, with a bias, max(0, y + bias); dx +=
  // dy where the largest came from.
  void (*max_pool_row)(const PoolRow& row, const float* x, const float* bias, float* y,
                       int32_t* tap);
  void (*max_pool_row_grad)(const PoolRow& row, const float* dy, const int32_t* tap, float* dx);
  // y[r][c] += x[r][c] * w[c], and dw[c] += the sum over r of x[r][c] * dy[r][c].
  void (*multiply_add_columns)(int64_t rows, int64_t columns, const float* x, int64_t x_row,
                               const float* w, float* y, int64_t y_row);
  void (*product_sums)(int64_t rows, int64_t columns, const float* x, int64_t x_row,
                       const float* dy, int64_t dy_row, float* dw);

  // Element by element (elementwise_kernels.inc).
  void (*relu)(int64_t n, const float* x, float* y);
  void (*axpy)(int64_t n, float alpha, const float* x, float* y);
  // Rows [rows, columns], column by column, in doubles: sums of x - pivot and of its square, with
  // pivot [columns]; then sums of dz and of dz * (x - mean) * inverse_std, where dz is dy or, if y
  // is not null, relu's gradient of it, which is then written.
  void (*column_moments)(int64_t rows, int64_t columns, const float* x, const float* pivot,
                         double* sum, double* square);
  void (*column_grad_sums)(int64_t rows, int64_t columns, const float* x, const float* y,
                           const float* dy, const float* mean, const float* inverse_std, float* dz,
                           double* sum_dz, double* sum_dz_xhat);
  // y = factor * x + term, factor and term [columns].
  void (*scale_columns)(int64_t rows, int64_t columns, const float* x, const float* factor,
                        const float* term, float* y);
  // y = max(0, factor * x + term + residual); residual may be null.
  void (*scale_columns_relu)(int64_t rows, int64_t columns, const float* x, const float* factor,
                             const float* term, const float* residual, float* y);
  // dx = p * dy + q * x + r, all three [columns].
  void (*combine_columns)(int64_t rows, int64_t columns, const float* dy, const float* x,
                          const float* p, const float* q, const float* r, float* dx);
  // y = a + b with b of the same length, then the optimisers' inner loops.
  void (*add)(int64_t n, const float* a, const float* b, float* y);
  void (*sgd)(int64_t n, float learning_rate, float momentum, float weight_decay, bool nesterov,
              const float* gradient, float* velocity, float* weight);
  void (*adam)(int64_t n, float beta1, float beta2, float step_size, float second_scale,
               float epsilon, float l2, float decay, const float* gradient, float* first,
               float* second, float* weight);
  void (*adagrad)(int64_t n, float learning_rate, float epsilon, float l2, const float* gradient,
                  float* squares, float* weight);
  // `means` null: not centred; `velocity` null: no momentum.
  void (*rmsprop)(int64_t n, float learning_rate, float decay, float epsilon, float momentum,
                  float l2, const float* gradient, float* squares, float* means, float* velocity,
                  float* weight);

  // One step of one row of a recurrent layer of n units (recurrent_kernels.inc); gates stand in the
  // order of ops.h. `sums` come as x W, without bias, and leave as what the gradient needs; h and c
  // come as the state before the step and leave as that after it. The gradients turn `sums` into
  // that of the sums and write the part of the recurrent product once more to `step`, side by side
  // with other rows; dh and dc come as the state's gradient without dy, the output's, and leave
  // as what reaches the step before by other ways than that product.
  void (*rnn_step)(int64_t n, bool relu, const float* recurrent, const float* bias, float* sums,
                   float* h);
  void (*rnn_step_grad)(int64_t n, bool relu, const float* dy, float* sums, float* dh, float* step);
  void (*lstm_step)(int64_t n, const float* recurrent, const float* bias, float* sums, float* h,
                    float* c);
  void (*lstm_step_grad)(int64_t n, const float* c_before, const float* c, const float* dy,
                         float* sums, float* dh, float* dc, float* step);
  void (*gru_step)(int64_t n, const float* recurrent, const float* bias, float* sums, float* h);
  void (*gru_step_grad)(int64_t n, const float* h_before, const float* dy, float* sums, float* dh,
                        float* step);

  ElementKernels element;             // functions of single numbers and of rows
  const Bf16Kernels* bf16 = nullptr;  // null: products in bfloat16 are computed in float32
  Chains chains;                      // of convolutions, in inference
};

// The best that this processor runs, or what the environment variable TENGEN_CPU names: "plain";
// "avx2", and "avxvnni", which has faster products in int16; "avx512", "avx512vnni", which has
// those too, "avx512bf16", which has products in bfloat16 besides, and "amx", which has the fastest
// of these. A name that is unknown or does not run here is an Error that lists those that do.
const Kernels& kernels();
const Kernels& kernels(const std::string& name);
// Best first.
std::vector<std::string> available_kernels();

}  // namespace tengen::nn
