// Bands of rows into columns and back; part of float_lanes.h.

typedef float NAME(quad) __attribute__((vector_size(16), aligned(4), may_alias));
#define QUAD(p) (*(const NAME(quad) *)(p))

// Of the quads of two registers: the first or last two values, one of each in turn; and the first or last pairs.
#if LANES == 4
#define LOW_VALUES(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_VALUES(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
#elif LANES == 8
#define LOW_VALUES(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_VALUES(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#else
#define LOW_VALUES(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH_VALUES(a, b) __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#endif

// A quad each of lines that lie 4 apart, `step` floats from line to line: to load them together costs no shuffle.
INLINE VEC NAME(quads_of_lines)(const float *in, size_t step) {
#if LANES == 4
  (void)step;
  return QUAD(in);
#elif LANES == 8
  return __builtin_shufflevector(QUAD(in), QUAD(in + 4 * step), 0, 1, 2, 3, 4, 5, 6, 7);
#else
  const __typeof__(__builtin_shufflevector(
      QUAD(in), QUAD(in), 0, 1, 2, 3, 4, 5, 6,
      7)) first = __builtin_shufflevector(QUAD(in), QUAD(in + 4 * step), 0, 1, 2, 3, 4, 5, 6, 7),
          last = __builtin_shufflevector(QUAD(in + 8 * step), QUAD(in + 12 * step), 0, 1, 2, 3, 4, 5, 6, 7);
  return __builtin_shufflevector(first, last, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#endif
}

// LANES x LANES values, `step` floats from line to line -> `out`, transposed. Four lines of `out` at a time are made of
// quads, which are transposed each on its own.
INLINE void NAME(transpose)(const float *in, size_t step, float *out, size_t out_step) {
  for (size_t i = 0; i < LANES; i += 4) {
    VEC r[4];
    for (size_t k = 0; k < 4; k++) r[k] = NAME(quads_of_lines)(in + k * step + i, step);
    const VEC low01 = LOW_VALUES(r[0], r[1]), high01 = HIGH_VALUES(r[0], r[1]);
    const VEC low23 = LOW_VALUES(r[2], r[3]), high23 = HIGH_VALUES(r[2], r[3]);
    STORE(out + i * out_step, LOW_PAIRS(low01, low23));
    STORE(out + (i + 1) * out_step, HIGH_PAIRS(low01, low23));
    STORE(out + (i + 2) * out_step, LOW_PAIRS(high01, high23));
    STORE(out + (i + 3) * out_step, HIGH_PAIRS(high01, high23));
  }
}

// `LANES` columns of a band -> `out[column * CK_BAND_ROWS + row]`.
INLINE void NAME(to_columns)(const float *in, size_t count, size_t stride, float *out) {
  if (count < LANES) {
    for (size_t x = 0; x < count; x++)
      for (size_t row = 0; row < CK_BAND_ROWS; row++) out[x * CK_BAND_ROWS + row] = in[row * stride + x];
    return;
  }
  for (size_t g = 0; g < GROUPS; g++) NAME(transpose)(in + g * LANES * stride, stride, out + g * LANES, CK_BAND_ROWS);
}

INLINE void NAME(to_rows)(const float *in, size_t count, size_t stride, float *out) {
  if (count < LANES) {
    for (size_t x = 0; x < count; x++)
      for (size_t row = 0; row < CK_BAND_ROWS; row++) out[row * stride + x] = in[x * CK_BAND_ROWS + row];
    return;
  }
  for (size_t g = 0; g < GROUPS; g++) NAME(transpose)(in + g * LANES, CK_BAND_ROWS, out + g * LANES * stride, stride);
}
