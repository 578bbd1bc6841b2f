// Corners and pyramids of local features, in vectors of 4 * LANES bytes; NAME(x) names a level's functions.
#include "CKernels.h"

#ifndef CK_CORNER_TYPES
#define CK_CORNER_TYPES
// Bresenham's circle of radius 3, clockwise from the top.
static const int8_t ck_circle[16][2] = {{0, -3}, {1, -3}, {2, -2}, {3, -1}, {3, 0},  {3, 1},   {2, 2},   {1, 3},
                                        {0, 3},  {-1, 3}, {-2, 2}, {-3, 1}, {-3, 0}, {-3, -1}, {-2, -2}, {-1, -3}};
#endif

typedef uint8_t NAME(bytes) __attribute__((vector_size(4 * LANES)));
typedef int8_t NAME(chars) __attribute__((vector_size(4 * LANES)));
typedef uint16_t NAME(shorts) __attribute__((vector_size(8 * LANES)));
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

// How far the circle is over the threshold, brighter or darker, summed: at most 16 * 255.
static inline __attribute__((always_inline)) void NAME(corner_scores)(const uint8_t *centre, ptrdiff_t stride,
                                                                      NAME(bytes) high, NAME(bytes) low,
                                                                      NAME(shorts) * scores) {
  NAME(shorts) brighter = {0}, darker = {0};
  for (int i = 0; i < 16; i++) {
    const NAME(bytes) at = NAME(load_bytes)(centre + ck_circle[i][1] * stride + ck_circle[i][0]);
    brighter += __builtin_convertvector(__builtin_elementwise_sub_sat(at, high), NAME(shorts));
    darker += __builtin_convertvector(__builtin_elementwise_sub_sat(low, at), NAME(shorts));
  }
  *scores = __builtin_elementwise_max(brighter, darker);
}

static int NAME(corners)(const uint8_t *row, size_t stride, size_t width, int threshold, uint16_t *scores) {
  const ptrdiff_t step = (ptrdiff_t)stride;
  const size_t lanes = sizeof(NAME(bytes));
  NAME(bytes) limit;
  for (size_t i = 0; i < lanes; i++) limit[i] = (uint8_t)threshold;
  int found = 0;
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
    // A corner's score is over 0: nine of its circle are over the threshold.
    const NAME(shorts) inside = __builtin_convertvector((NAME(chars))is, NAME(shorts));
    NAME(shorts) score;
    NAME(corner_scores)(row + x, step, high, low, &score);
    score &= inside;
    const size_t count = width - x < lanes ? width - x : lanes;
    found = 1;
    if (count == lanes)
      __builtin_memcpy(scores + x, &score, sizeof score);
    else
      __builtin_memcpy(scores + x, &score, count * sizeof *scores);
  }
  return found;
}

static inline __attribute__((always_inline)) void NAME(load_scores)(const uint16_t *from, NAME(shorts) * scores) {
  __builtin_memcpy(scores, from, sizeof *scores);
}

static size_t NAME(peaks)(const uint16_t *scores, size_t stride, size_t width, uint16_t *columns) {
  const size_t lanes = sizeof(NAME(bytes));
  size_t found = 0;
  for (size_t x = 0; x < width; x += lanes) {
    NAME(shorts) score, near;
    NAME(load_scores)(scores + x, &score);
    NAME(bytes) set = __builtin_convertvector(score != 0, NAME(bytes));
    if (!NAME(any_byte)(set)) continue;
    NAME(shorts) is = (NAME(shorts))(score != 0);
    const uint16_t *above = scores + x - stride, *below = scores + x + stride;
    const uint16_t *first[4] = {above - 1, above, above + 1, scores + x - 1};
    const uint16_t *later[4] = {scores + x + 1, below - 1, below, below + 1};
    for (int i = 0; i < 4; i++) {
      NAME(load_scores)(first[i], &near);
      is &= (NAME(shorts))(score > near);
      NAME(load_scores)(later[i], &near);
      is &= (NAME(shorts))(score >= near);
    }
    set = __builtin_convertvector(is, NAME(bytes));
    const NAME(quads) words = (NAME(quads))set;
    for (size_t i = 0; i < lanes / 8; i++)
      for (uint64_t left = words[i] & UINT64_C(0x0101010101010101); left; left &= left - 1) {
        const size_t at = x + 8 * i + (size_t)__builtin_ctzll(left) / 8;
        if (at < width) columns[found++] = (uint16_t)at;
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

typedef uint8_t NAME(bytes32) __attribute__((vector_size(32)));
typedef int16_t NAME(shorts32) __attribute__((vector_size(64)));

static void NAME(centroid)(const uint8_t *centre, size_t stride, const uint8_t *mask, int32_t moments[2]) {
  // Neither overflows: 31 * 255 a column; 120 * 255 below or above the middle.
  NAME(shorts32) columns = {0}, down = {0};
  for (int y = -15; y <= 15; y++) {
    NAME(bytes32) value, inside;
    __builtin_memcpy(&value, centre + y * (ptrdiff_t)stride - 15, sizeof value);
    __builtin_memcpy(&inside, mask + (y + 15) * 32, sizeof inside);
    const NAME(shorts32) wide = __builtin_convertvector(value & inside, NAME(shorts32));
    columns += wide;
    down += wide * (int16_t)y;
  }
  moments[0] = moments[1] = 0;
  for (int x = -15; x <= 15; x++) {
    moments[0] += x * columns[x + 15];
    moments[1] += down[x + 15];
  }
}

static void NAME(describe)(const uint32_t *sums, int32_t row_length, const int8_t *boxes, const int8_t *radii,
                           const int8_t *thresholds, uint64_t bits[4]) {
  // 65536 / area: means come out in 256ths after a shift by 8.
  static const int32_t shares[6] = {0, 7282, 2621, 1337, 809, 542};
  // Sums are loaded one by one: gathering them takes longer, most of all in lanes of 16.
  int32_t corner[512], difference[256];
  for (int i = 0; i < 512; i++) corner[i] = (boxes[512 + i] - radii[i & 255]) * row_length + boxes[i] - radii[i & 255];
#pragma clang loop vectorize(disable)
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
  table->peaks = NAME(peaks);
  table->blend_rows = NAME(blend_rows);
  table->sum_row = NAME(sum_row);
  table->gradients = NAME(gradients);
  table->centroid = NAME(centroid);
  table->describe = NAME(describe);
}
