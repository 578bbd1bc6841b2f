// Corners and pyramids of local features, in vectors of 4 * LANES bytes; NAME(x) names a level's functions.
#include "CKernels.h"

#ifndef CK_CORNER_TYPES
#define CK_CORNER_TYPES
// Bresenham's circle of radius 3, clockwise from the top.
static const int8_t ck_circle[16][2] = {{0, -3}, {1, -3}, {2, -2}, {3, -1}, {3, 0},  {3, 1},   {2, 2},   {1, 3},
                                        {0, 3},  {-1, 3}, {-2, 2}, {-3, 1}, {-3, 0}, {-3, -1}, {-2, -2}, {-1, -3}};
#endif

typedef uint8_t NAME(bytes) __attribute__((vector_size(4 * LANES)));
typedef uint64_t NAME(quads) __attribute__((vector_size(4 * LANES)));

static inline __attribute__((always_inline)) NAME(bytes) NAME(load_bytes)(const uint8_t *from) {
  NAME(bytes) value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

static inline __attribute__((always_inline)) int NAME(any_byte)(NAME(bytes) value) {
  const NAME(quads) words = (NAME(quads))value;
  uint64_t all = 0;
  for (size_t i = 0; i < sizeof value / 8; i++) all |= words[i];
  return all != 0;
}

// Where nine neighbours on the circle are all set.
static inline __attribute__((always_inline)) NAME(bytes) NAME(has_arc)(const NAME(bytes) set[16]) {
  NAME(bytes) two[16], four[16], found = {0};
  for (int i = 0; i < 16; i++) two[i] = set[i] & set[(i + 1) & 15];
  for (int i = 0; i < 16; i++) four[i] = two[i] & two[(i + 2) & 15];
  for (int i = 0; i < 16; i++) found |= four[i] & four[(i + 4) & 15] & set[(i + 8) & 15];
  return found;
}

// How far the circle is over the threshold, brighter or darker, summed.
static inline uint16_t NAME(corner_score)(const uint8_t *centre, ptrdiff_t stride, int threshold) {
  int brighter = 0, darker = 0;
  for (int i = 0; i < 16; i++) {
    const int step = centre[ck_circle[i][1] * stride + ck_circle[i][0]] - *centre;
    if (step > threshold) brighter += step - threshold;
    if (step < -threshold) darker += -step - threshold;
  }
  return (uint16_t)(brighter > darker ? brighter : darker);
}

static size_t NAME(corners)(const uint8_t *row, size_t stride, size_t width, int threshold, uint16_t *scores) {
  const ptrdiff_t step = (ptrdiff_t)stride;
  const size_t lanes = sizeof(NAME(bytes));
  NAME(bytes) limit;
  for (size_t i = 0; i < lanes; i++) limit[i] = (uint8_t)threshold;
  size_t found = 0;
  for (size_t x = 0; x < width; x += lanes) {
    const NAME(bytes) centre = NAME(load_bytes)(row + x);
    const NAME(bytes) high = __builtin_elementwise_add_sat(centre, limit);
    const NAME(bytes) low = __builtin_elementwise_sub_sat(centre, limit);
    NAME(bytes) brighter[16], darker[16];
    for (int i = 0; i < 16; i += 4) {
      const NAME(bytes) at = NAME(load_bytes)(row + (ptrdiff_t)x + ck_circle[i][1] * step + ck_circle[i][0]);
      brighter[i] = (NAME(bytes))(at > high);
      darker[i] = (NAME(bytes))(at < low);
    }
    // An arc of nine holds two neighbours of the four at the sides.
    const NAME(bytes) may = (brighter[0] & brighter[4]) | (brighter[4] & brighter[8]) | (brighter[8] & brighter[12]) |
                            (brighter[12] & brighter[0]) | (darker[0] & darker[4]) | (darker[4] & darker[8]) |
                            (darker[8] & darker[12]) | (darker[12] & darker[0]);
    if (!NAME(any_byte)(may)) continue;
    for (int i = 0; i < 16; i++) {
      if (i % 4 == 0) continue;
      const NAME(bytes) at = NAME(load_bytes)(row + (ptrdiff_t)x + ck_circle[i][1] * step + ck_circle[i][0]);
      brighter[i] = (NAME(bytes))(at > high);
      darker[i] = (NAME(bytes))(at < low);
    }
    const NAME(bytes) is = NAME(has_arc)(brighter) | NAME(has_arc)(darker);
    if (!NAME(any_byte)(is)) continue;
    for (size_t i = 0; i < lanes && x + i < width; i++)
      if (is[i]) {
        scores[x + i] = NAME(corner_score)(row + x + i, step, threshold);
        found++;
      }
  }
  return found;
}

static void NAME(blend_rows)(const uint8_t *upper, const uint8_t *lower, size_t count, uint32_t weight, uint16_t *out) {
  for (size_t i = 0; i < count; i++) out[i] = (uint16_t)(upper[i] * (256 - weight) + lower[i] * weight);
}

static void NAME(sum_row)(const uint8_t *row, size_t count, const uint32_t *above, uint32_t *out) {
  uint32_t sum = 0;
  out[0] = 0;
  for (size_t i = 0; i < count; i++) {
    sum += row[i];
    out[i + 1] = above[i + 1] + sum;
  }
}

static void NAME(fill_corners)(ck_kernels *table) {
  table->corners = NAME(corners);
  table->blend_rows = NAME(blend_rows);
  table->sum_row = NAME(sum_row);
}
