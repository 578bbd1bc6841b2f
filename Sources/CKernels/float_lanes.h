// The float kernels, written once with vector extensions. A level's file defines
// LANES (floats in a register) and NAME(x) (its suffix) and includes this inside
// its target region. Lanes hold different rows or columns, never neighbours of one
// sum, so the order of additions in each line, and with it every bit, is the same
// at every level (PDQ's running sums are part of the hash).
#pragma STDC FP_CONTRACT OFF

typedef float NAME(vec) __attribute__((vector_size(LANES * 4)));
typedef float NAME(vecu) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
#define VEC NAME(vec)
#define LOAD(p) ((VEC) * (const NAME(vecu) *)(p))
#define STORE(p, v) (*(NAME(vecu) *)(p) = (v))
#define INLINE static inline __attribute__((always_inline))
// Registers that together hold one column of a band.
#define GROUPS (CK_BAND_ROWS / LANES)

#include "transpose_lanes.h"
// Of 16 lanes, spreading the bytes of pixels takes longer than of 8.
#define LUMA_LANES 8
#if LANES <= LUMA_LANES
#include "luma_lanes.h"
#endif

// a / by, to the bit. Division is slow: where products are added without a rounding in between, what is left over of
// the product with the reciprocal tells the last bit. For 1...FUSED_QUOTIENTS this was compared with the division for
// every mantissa; values are so large, or 0, that nothing underflows.
#define FUSED_QUOTIENTS 1024
INLINE VEC NAME(quotient)(VEC a, VEC by, VEC reciprocal) {
#ifdef HAS_FMA
  const VEC near = a * reciprocal;
  const VEC rest = __builtin_elementwise_fma(-near, by, a);
  return __builtin_elementwise_fma(rest, reciprocal, near);
#else
  (void)reciprocal;
  return a / by;
#endif
}

// One box pass along the rows of a band. Of what was read, columns go into a ring in `scratch`, `LANES` at once, as far
// as the window looks back; of what comes out, `LANES` columns become rows again, or, with `wanted`, only those
// outputs are divided and kept, one after the other. A quotient is the same whether or not its neighbours are computed.
INLINE void NAME(box_pass)(const float *in, float *out, size_t width, size_t stride, size_t window,
                           const uint32_t *wanted, float *scratch) {
  size_t ring = 2 * LANES;
  while (ring < window + 2 * LANES) ring *= 2;
  const VEC by_window = (VEC){0} + (float)window, reciprocal = 1 / by_window;
  float kept[LANES * CK_BAND_ROWS];
  VEC sum[GROUPS];
  for (size_t g = 0; g < GROUPS; g++) sum[g] = (VEC){0};
  const size_t half = (window + 2) / 2;
  size_t added = 0, subtracted = 0, position = 0, written = 0;

#define COLUMN(i) (scratch + ((i) & (ring - 1)) * CK_BAND_ROWS)
#define READ              \
  if (added % LANES == 0) \
  NAME(to_columns)(in + added, width - added < LANES ? width - added : LANES, stride, COLUMN(added))
#define ADD                                                                              \
  for (size_t g = 0; g < GROUPS; g++) sum[g] = sum[g] + LOAD(COLUMN(added) + g * LANES); \
  added++
#define SUBTRACT                                                                              \
  for (size_t g = 0; g < GROUPS; g++) sum[g] = sum[g] - LOAD(COLUMN(subtracted) + g * LANES); \
  subtracted++
#define OUTPUT(quotient)                                                                                             \
  if (!wanted) {                                                                                                     \
    for (size_t g = 0; g < GROUPS; g++) STORE(kept + position % LANES * CK_BAND_ROWS + g * LANES, quotient(sum[g])); \
  } else {                                                                                                           \
    for (; written < 64 && wanted[written] == position; written++)                                                   \
      for (size_t g = 0; g < GROUPS; g++) STORE(out + written * CK_BAND_ROWS + g * LANES, quotient(sum[g]));         \
  }                                                                                                                  \
  position++
#define WRITE \
  if (!wanted && position % LANES == 0) NAME(to_rows)(kept, LANES, stride, out + position - LANES)
#define BY_COUNT(sum) ((sum) / ((VEC){0} + (float)(added - subtracted)))
#define DIVIDED(sum) ((sum) / by_window)
#define FUSED(sum) NAME(quotient)(sum, by_window, reciprocal)

  for (size_t i = 0; i + 1 < half; i++) {
    READ;
    ADD;
  }
  for (size_t i = 0; i < window - half + 1; i++) {
    READ;
    ADD;
    OUTPUT(BY_COUNT);
    WRITE;
  }
  while (added < width) {
    READ;
    // To the next column that has to be read or written.
    size_t end = added - added % LANES + LANES;
    const size_t full = added + LANES - position % LANES;
    if (end > full) end = full;
    if (end > width) end = width;
    if (window <= FUSED_QUOTIENTS) {
      while (added < end) {
        ADD;
        SUBTRACT;
        OUTPUT(FUSED);
      }
    } else {
      while (added < end) {
        ADD;
        SUBTRACT;
        OUTPUT(DIVIDED);
      }
    }
    WRITE;
  }
  for (size_t i = 0; i + 1 < half; i++) {
    SUBTRACT;
    OUTPUT(BY_COUNT);
    WRITE;
  }
  if (!wanted && width % LANES > 0) NAME(to_rows)(kept, width % LANES, stride, out + width - width % LANES);
#undef COLUMN
#undef READ
#undef ADD
#undef SUBTRACT
#undef OUTPUT
#undef WRITE
#undef BY_COUNT
#undef DIVIDED
#undef FUSED
}

static void NAME(box_rows)(const float *in, float *out, size_t width, size_t stride, size_t window, float *scratch) {
  NAME(box_pass)(in, out, width, stride, window, NULL, scratch);
}

static void NAME(box_rows_at)(const float *in, float *out, size_t width, size_t stride, size_t window,
                              const uint32_t wanted[64], float *scratch) {
  float kept[64 * CK_BAND_ROWS];
  NAME(box_pass)(in, kept, width, stride, window, wanted, scratch);
  for (size_t x = 0; x < 64; x += LANES) NAME(to_rows)(kept + x * CK_BAND_ROWS, LANES, 64, out + x);
}

// `count` columns of vectors, whose sums stay in registers from row to row.
INLINE void NAME(box_strip)(float *sums, const float *add, const float *subtract, float *out, size_t rows,
                            size_t stride, VEC by, VEC reciprocal, const int fuses, const size_t count) {
  VEC s[4];
  for (size_t i = 0; i < count; i++) s[i] = LOAD(sums + i * LANES);
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < count; i++) {
      const size_t at = row * stride + i * LANES;
      if (add) s[i] = s[i] + LOAD(add + at);
      if (subtract) s[i] = s[i] - LOAD(subtract + at);
      if (out) STORE(out + at, fuses ? NAME(quotient)(s[i], by, reciprocal) : s[i] / by);
    }
  }
  for (size_t i = 0; i < count; i++) STORE(sums + i * LANES, s[i]);
}

static void NAME(box_columns)(float *sums, const float *add, const float *subtract, float *out, float divisor,
                              size_t width, size_t rows, size_t stride) {
  const VEC by = (VEC){0} + divisor, reciprocal = 1 / by;
  const int fuses = divisor <= FUSED_QUOTIENTS;
  // Of wide pictures more rows at once would be too many pages.
  const size_t count = width <= 1536 ? rows : 1;
  for (; rows > 0; rows -= count) {
    size_t x = 0;
    if (add && subtract && out && fuses)
      for (; x + 4 * LANES <= width; x += 4 * LANES)
        NAME(box_strip)(sums + x, add + x, subtract + x, out + x, count, stride, by, reciprocal, 1, 4);
    for (; x + LANES <= width; x += LANES) NAME(box_strip)
    (sums + x, add ? add + x : NULL, subtract ? subtract + x : NULL, out ? out + x : NULL, count, stride, by,
     reciprocal, fuses, 1);
    for (; x < width; x++) {
      float s = sums[x];
      for (size_t row = 0; row < count; row++) {
        const size_t at = row * stride + x;
        if (add) s = s + add[at];
        if (subtract) s = s - subtract[at];
        if (out) out[at] = s / divisor;
      }
      sums[x] = s;
    }
    if (add) add += count * stride;
    if (subtract) subtract += count * stride;
    if (out) out += count * stride;
  }
}

static void NAME(dct64)(const float *matrix, const float *transposed, const float *grid, float *dct) {
  float half_way[16 * 64];
  for (size_t i = 0; i < 16; i += 4)
    for (size_t j = 0; j < 64; j += LANES) {
      VEC s[4] = {{0}, {0}, {0}, {0}};
      for (size_t k = 0; k < 64; k++) {
        const VEC column = LOAD(grid + k * 64 + j);
        for (size_t u = 0; u < 4; u++) s[u] = s[u] + ((VEC){0} + matrix[(i + u) * 64 + k]) * column;
      }
      for (size_t u = 0; u < 4; u++) STORE(half_way + (i + u) * 64 + j, s[u]);
    }
  for (size_t i = 0; i < 16; i += 4)
    for (size_t j = 0; j < 16; j += LANES) {
      VEC s[4] = {{0}, {0}, {0}, {0}};
      for (size_t k = 0; k < 64; k++) {
        const VEC column = LOAD(transposed + k * 16 + j);
        for (size_t u = 0; u < 4; u++) s[u] = s[u] + ((VEC){0} + half_way[(i + u) * 64 + k]) * column;
      }
      for (size_t u = 0; u < 4; u++) STORE(dct + (i + u) * 16 + j, s[u]);
    }
}

// Rows whose weights together stay under 257, so that 16 bits hold their sum.
static void NAME(tent_rows_narrow)(const uint8_t *rows, size_t stride, size_t count, const uint16_t *weights,
                                   uint32_t *sums, size_t width) {
  enum { STEP = 32 };
  size_t x = 0;
  for (; x + STEP <= width; x += STEP) {
    uint16_t s[STEP] = {0};
    for (size_t row = 0; row < count; row++) {
      const uint8_t *pixels = rows + row * stride + x;
      const uint16_t weight = weights[row];
      for (size_t i = 0; i < STEP; i++) s[i] = (uint16_t)(s[i] + (uint16_t)(weight * pixels[i]));
    }
    for (size_t i = 0; i < STEP; i++) sums[x + i] += s[i];
  }
  for (; x < width; x++)
    for (size_t row = 0; row < count; row++) sums[x] += (uint32_t)weights[row] * rows[row * stride + x];
}

static void NAME(tent_rows)(const uint8_t *rows, size_t stride, size_t count, const uint16_t *weights, uint32_t *sums,
                            size_t width) {
  while (count > 0) {
    size_t taken = 1;
    for (uint32_t total = weights[0]; taken < count && total + weights[taken] <= 257; taken++) total += weights[taken];
    NAME(tent_rows_narrow)(rows, stride, taken, weights, sums, width);
    rows += taken * stride;
    weights += taken;
    count -= taken;
  }
}

typedef int32_t NAME(words) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

#if LANES <= CK_TENT_LANES
static void NAME(tent_columns)(const uint32_t *sums, const uint32_t starts[64], const uint32_t shapes[64],
                               const float *weights, size_t span, float scale, float out[64]) {
  for (size_t i = 0; i < 64; i += LANES) {
    VEC lane[CK_TENT_LANES];
    for (size_t g = 0; g < CK_TENT_LANES; g += LANES) {
      float products[LANES * LANES];
      for (size_t k = 0; k < LANES; k++) {
        const float *weight = weights + shapes[i + k] + g;
        const uint32_t *sum = sums + starts[i + k] + g;
        VEC s = {0};
        for (size_t t = 0; t < span; t += CK_TENT_LANES)
          s = s + LOAD(weight + t) * __builtin_convertvector(*(const NAME(words) *)(sum + t), VEC);
        STORE(products + k * LANES, s);
      }
      NAME(transpose)(products, LANES, (float *)(lane + g), LANES);
    }
    for (size_t half = CK_TENT_LANES / 2; half > 0; half /= 2)
      for (size_t l = 0; l < half; l++) lane[l] = lane[l] + lane[l + half];
    STORE(out + i, lane[0] * ((VEC){0} + scale));
  }
}
#endif

INLINE uint32_t NAME(step)(float u, float v) { return (uint32_t)abs((int32_t)((u - v) * 100.0f / 255.0f)); }

static uint32_t NAME(grid_steps)(const float *grid) {
  uint32_t sum = 0;
  for (size_t i = 0; i < 63 * 64; i++) sum += NAME(step)(grid[i], grid[i + 64]);
  // As one line; the steps from the end of a row to the next one's start don't count.
  for (size_t i = 0; i < 64 * 64 - 1; i++) sum += NAME(step)(grid[i], grid[i + 1]);
  for (size_t row = 0; row < 63; row++) sum -= NAME(step)(grid[row * 64 + 63], grid[row * 64 + 64]);
  return sum;
}

static float NAME(median_bits)(const float values[256], uint64_t bits[4]) {
  // Keys order as the numbers do; the median's is found bit by bit.
  uint32_t keys[256], median = 0;
  for (size_t i = 0; i < 256; i++) {
    uint32_t raw;
    memcpy(&raw, values + i, sizeof raw);
    keys[i] = raw >> 31 ? ~raw : raw | 0x80000000u;
  }
  for (uint32_t bit = 0x80000000u; bit; bit >>= 1) {
    uint32_t below = 0;
    for (size_t i = 0; i < 256; i++) below += keys[i] < (median | bit);
    if (below < 128) median |= bit;
  }
  const uint32_t raw = median >> 31 ? median & 0x7fffffffu : ~median;
  float value;
  memcpy(&value, &raw, sizeof value);
  for (size_t word = 0; word < 4; word++) {
    uint64_t set = 0;
    for (size_t i = 0; i < 64; i++) set |= (uint64_t)(values[word * 64 + i] > value) << i;
    bits[word] = set;
  }
  return value;
}

static void NAME(fill_float)(ck_kernels *table) {
  table->tent_rows = NAME(tent_rows);
#if LANES <= CK_TENT_LANES
  table->tent_columns = NAME(tent_columns);
#endif
  table->grid_steps = NAME(grid_steps);
  table->median_bits = NAME(median_bits);
#if LANES <= LUMA_LANES
  table->luma_gray = NAME(luma_gray);
  table->luma_rgb = NAME(luma_rgb);
  table->luma_rgbx = NAME(luma_rgbx);
#endif
  table->box_rows = NAME(box_rows);
  table->box_rows_at = NAME(box_rows_at);
  table->box_columns = NAME(box_columns);
  table->dct64 = NAME(dct64);
}
