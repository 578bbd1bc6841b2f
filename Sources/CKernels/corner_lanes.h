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

typedef uint8_t NAME(bytes8) __attribute__((vector_size(8)));
typedef int16_t NAME(shorts8) __attribute__((vector_size(16)));
typedef int32_t NAME(ints8) __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) NAME(shorts8) NAME(load_shorts)(const uint8_t *from) {
  NAME(bytes8) value;
  __builtin_memcpy(&value, from, sizeof value);
  return __builtin_convertvector(value, NAME(shorts8));
}

static void NAME(gradients)(const uint8_t *centre, size_t stride, int32_t sums[3]) {
  NAME(ints8) xx = {0}, yy = {0}, xy = {0};
  for (ptrdiff_t y = -3; y <= 3; y++) {
    const uint8_t *above = centre + (y - 1) * (ptrdiff_t)stride - 3, *row = above + stride, *below = row + stride;
    const NAME(shorts8) upper_left = NAME(load_shorts)(above - 1), upper = NAME(load_shorts)(above),
                        upper_right = NAME(load_shorts)(above + 1), left = NAME(load_shorts)(row - 1),
                        right = NAME(load_shorts)(row + 1), lower_left = NAME(load_shorts)(below - 1),
                        lower = NAME(load_shorts)(below), lower_right = NAME(load_shorts)(below + 1);
    const NAME(shorts8) across = 2 * (right - left) + upper_right - upper_left + lower_right - lower_left;
    const NAME(shorts8) down = 2 * (lower - upper) + lower_left - upper_left + lower_right - upper_right;
    const NAME(ints8) gx = __builtin_convertvector(across, NAME(ints8)),
                      gy = __builtin_convertvector(down, NAME(ints8));
    xx += gx * gx;
    yy += gy * gy;
    xy += gx * gy;
  }
  // The eighth lane is not of the square.
  for (int i = 0; i < 3; i++) sums[i] = 0;
  for (int i = 0; i < 7; i++) {
    sums[0] += xx[i];
    sums[1] += yy[i];
    sums[2] += xy[i];
  }
}

static void NAME(describe)(const uint32_t *sums, int32_t row_length, const int8_t *boxes, const int8_t *radii,
                           const int8_t *thresholds, uint64_t bits[4]) {
  // 65536 / area: means come out in 256ths after a shift by 8.
  static const int32_t shares[6] = {0, 7282, 2621, 1337, 809, 542};
  int32_t corner[512], difference[256];
  for (int i = 0; i < 512; i++) corner[i] = (boxes[512 + i] - radii[i & 255]) * row_length + boxes[i] - radii[i & 255];
  for (int i = 0; i < 256; i++) {
    const ptrdiff_t side = 2 * radii[i] + 1, down = side * row_length;
    const uint32_t *first = sums + corner[i], *second = sums + corner[256 + i];
    const uint32_t one = first[down + side] - first[down] - first[side] + first[0];
    const uint32_t other = second[down + side] - second[down] - second[side] + second[0];
    difference[i] = (int32_t)(one - other) * shares[radii[i]];
  }
  // The patch's own contrast, half a step of brightness at least.
  int32_t contrast = 256 * 128;
  for (int i = 0; i < 256; i++) {
    difference[i] >>= 8;
    contrast += difference[i] < 0 ? -difference[i] : difference[i];
  }
  for (int word = 0; word < 4; word++) {
    uint64_t set = 0;
    for (int i = 0; i < 64; i++)
      set |= (uint64_t)(difference[64 * word + i] * 16384 > thresholds[64 * word + i] * contrast) << i;
    bits[word] = set;
  }
}

static void NAME(fill_corners)(ck_kernels *table) {
  table->corners = NAME(corners);
  table->blend_rows = NAME(blend_rows);
  table->sum_row = NAME(sum_row);
  table->gradients = NAME(gradients);
  table->describe = NAME(describe);
}
