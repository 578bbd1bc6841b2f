/// SIMD kernels: one signature, one function per level, a table per level,
/// chosen at run time. No policy here: which rows, which radius, which picture
/// is the caller's business. All levels give bit-identical results.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What a CPU can do. A higher number is preferred where it is available.
typedef enum __attribute__((enum_extensibility(closed))) ck_level {
  CK_PORTABLE = 0,
  CK_POPCNT = 1,
  CK_AVX2 = 2,    // and FMA
  CK_AVX512 = 3,  // F, BW, VL, DQ and VPOPCNTDQ together
  CK_NEON = 4,
} ck_level;

/// An index row within the radius of a query.
typedef struct ck_hit {
  uint32_t query;     // which query of the batch
  uint32_t row;       // which row of the table
  uint32_t distance;  // Hamming distance, 0...256
} ck_hit;

/// Bands of a multi-index, of 16 bits each: band b is bits 16b...16b+15 of a code, four words of 64 bits.
#define CK_BANDS 16
/// Masks of 16 bits with at most four bits set.
#define CK_MAX_MASKS 2517
/// Readable places behind a band's last sketch.
#define CK_SKETCH_PADDING 32

/// A place in a band's buckets that may lead to a match.
typedef struct ck_candidate {
  uint32_t query;     // which query of the batch; of a single look-up, which band
  uint32_t position;  // which place of the band
} ck_candidate;

/// One band of a multi-index: values of 16 bits, ascending, buckets by their upper bits.
typedef struct ck_band {
  const uint32_t *starts;    // where each bucket's places begin, and where the last one's end
  const uint16_t *sketches;  // of each place, the value of the next band; CK_SKETCH_PADDING more
  const uint32_t *rows;      // of each place, the row of its code
} ck_band;

/// Flags that several threads set and read; setting one again changes nothing.
static inline int ck_flag_is_set(const uint8_t *flag) { return __atomic_load_n(flag, __ATOMIC_ACQUIRE); }
static inline void ck_flag_set(uint8_t *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELEASE); }
/// Adds to a count that several threads share; returns what it was.
static inline uint64_t ck_count_add(uint64_t *count, uint64_t more) {
  return __atomic_fetch_add(count, more, __ATOMIC_RELAXED);
}

/// Asks for the line of memory at `place`.
static inline void ck_fetch(const void *place) { __builtin_prefetch(place); }

/// What a band has to know of a query.
typedef struct ck_probe {
  uint16_t bucket, next;  // of the band; the value of the next one
  uint32_t query;         // which query of the batch
} ck_probe;

/// A bucket that a query has to visit.
typedef struct ck_visit {
  uint16_t bucket;
  uint16_t next;   // of the query, in the next band
  uint32_t room;   // largest distance of a sketch from `next`
  uint32_t query;  // which query of the batch
} ck_visit;

/// How far a look-up goes in each band.
typedef struct ck_plan {
  uint32_t radius;
  uint32_t shift;                  // lower bits of a band's value that its buckets don't tell apart
  int32_t limits[CK_BANDS];        // largest distance in a band; -1: it is left out
  uint32_t bounds[CK_BANDS];       // largest distance in a band and the next one together
  uint32_t mask_counts[CK_BANDS];  // masks of a bucket with at most `limits` bits; 0 for a band that is left out
} ck_plan;

/// A bucket of an inverted list that a query visits.
typedef struct ck_run {
  uint32_t from, end;  // places of its postings
  uint32_t flips;      // bits by which the bucket's number differs from the query's
  uint32_t room;       // largest distance of a signature
} ck_run;

/// A posting near a query.
typedef struct ck_near {
  uint32_t position;  // which posting
  uint32_t distance;  // of bucket and signature together
} ck_near;

/// Factors of YUV -> RGB, each for the upper half of a product of 16 bits: of luma * 8 - `offset`, of chroma * 8 -
/// 1024.
typedef struct ck_yuv {
  int16_t offset, luma, vr, ub, ug, vg;
} ck_yuv;

/// Rows that a box pass along rows takes at most in one call.
#define CK_BAND_ROWS 32

/// Partial sums of a tent along a row.
#define CK_TENT_LANES 8

/// The largest sum of a block's squared coefficients for which its inverse DCT fits 16 bits: 2047 squared. After the
/// first pass a value is at most 4 * sqrt(8) times the root of its column's, and sums of two must fit too. Pixels of 8
/// bits have 1024 squared at most, before they are rounded.
#define CK_BLOCK_ENERGY 4190209

/// Bytes around rows of a PNG.
#define CK_PNG_PADDING 32

typedef struct ck_kernels {
  /// Appends every (query, row) pair at Hamming distance <= radius, query by
  /// query, rows ascending, to `hits`; writes at most `capacity`, returns how
  /// many there are. `queries` and `rows`: 4 words of 64 bits each, row-major.
  size_t (*scan256)(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                    uint32_t radius, ck_hit *hits, size_t capacity);

  /// Visits, for each probe, the buckets at its own ^ mask, and appends the places whose sketch differs from the
  /// probe's next value by at most `bound` - popcount(mask) bits; writes at most `capacity`, returns how many there
  /// are. `masks`: fewest bits first. `is_large`: whether buckets are to be fetched ahead.
  size_t (*probe_band)(const ck_probe *probes, size_t probe_count, const ck_band *band, const uint16_t *masks,
                       size_t mask_count, uint32_t bound, int is_large, ck_candidate *candidates, size_t capacity);

  /// The same for single buckets, which the caller has sorted: each one's places are read once, one after the other.
  size_t (*visit_band)(const ck_visit *visits, size_t visit_count, const ck_band *band, ck_candidate *candidates,
                       size_t capacity);

  /// The same of one query in all bands: a candidate's `query` is its band.
  size_t (*look_up)(const uint64_t *code, const ck_band *bands, const ck_plan *plan, const uint16_t *masks,
                    int is_large, ck_candidate *candidates, size_t capacity);

  /// Appends the candidates whose code is within the plan's radius and that no earlier band found; writes at most
  /// `capacity`, returns how many there are. `band`: that of all candidates, or -1 for those of `look_up`.
  size_t (*verify)(const ck_candidate *candidates, size_t count, const ck_band *bands, int band, const uint64_t *codes,
                   const uint64_t *queries, const ck_plan *plan, ck_hit *hits, size_t capacity);

  /// Appends the postings of `runs` whose bits of `mask` differ from `signature` by at most the run's room; writes at
  /// most `capacity`, returns how many there are.
  size_t (*scan_postings)(const uint64_t *postings, const ck_run *runs, size_t run_count, uint64_t signature,
                          uint64_t mask, ck_near *found, size_t capacity);
  /// The same of postings of two words, of the second of which all bits count.
  size_t (*scan_wide_postings)(const uint64_t *postings, const ck_run *runs, size_t run_count,
                               const uint64_t signature[2], uint64_t mask, ck_near *found, size_t capacity);

  /// FAST-9 corners of a row (Rosten, Drummond: "Machine learning for high-speed corner detection", ECCV 2006): writes
  /// the score of each x in [0, width) that is one, over 0, and 0 for some others; returns whether there are any. Three
  /// pixels around every x, and 64 bytes behind the last one, must be readable, in three rows above and below, too.
  int (*corners)(const uint8_t *row, size_t stride, size_t width, int threshold, uint16_t *scores);
  /// Which of the scores in a row are over 0 and over all eight neighbours; of equal neighbours the first one. Writes
  /// their columns and returns how many there are. One score around each must be readable, and 64 behind the last one,
  /// in the rows above and below, too.
  size_t (*peaks)(const uint16_t *scores, size_t stride, size_t width, uint16_t *columns);
  /// out = upper * (256 - weight) + lower * weight, `weight` 0...256.
  void (*blend_rows)(const uint8_t *upper, const uint8_t *lower, size_t count, uint32_t weight, uint16_t *out);
  /// A row of a summed-area table: out[i + 1] = above[i + 1] + the sum of row[0...i], out[0] = 0.
  void (*sum_row)(const uint8_t *row, size_t count, const uint32_t *above, uint32_t *out);
  /// Sobel's gradients in the 7 x 7 pixels around one: sums of x squared, y squared, x times y. Five pixels around it
  /// must be readable.
  void (*gradients)(const uint8_t *centre, size_t stride, int32_t sums[3]);
  /// First moments, across and down, of the 31 x 31 pixels around one, each where `mask` has 255 and not where it has
  /// 0. `mask`: 31 rows of 32 bytes, the last of which is 0. 16 pixels around the one must be readable.
  void (*centroid)(const uint8_t *centre, size_t stride, const uint8_t *mask, int32_t moments[2]);
  /// 256 bits, bit i set when the mean of box i is over that of box 256 + i by `thresholds[i]` 64ths of the mean
  /// difference. `sums`: the summed-area table at the corner, rows `row_length` apart; `boxes`: x of 512 boxes' middles
  /// from there, then their y; `radii`: of box i and 256 + i, 1...5: they are 2 r + 1 wide.
  void (*describe)(const uint32_t *sums, int32_t row_length, const int8_t *boxes, const int8_t *radii,
                   const int8_t *thresholds, uint64_t bits[4]);

  /// Luma of (v, v, v), so that a gray picture hashes as the same one stored in colour.
  void (*luma_gray)(const uint8_t *gray, size_t count, float *luma);
  /// Y = (0.299f*R + 0.587f*G) + 0.114f*B, one rounding an operation.
  /// `rgb`: 3*count bytes; `luma`: count floats.
  void (*luma_rgb)(const uint8_t *rgb, size_t count, float *luma);
  /// The same of four bytes a pixel, the last of which means nothing.
  void (*luma_rgbx)(const uint8_t *rgbx, size_t count, float *luma);

  /// What chroma adds to the pixels of a row, two pixels a sample: `red`, `green` and `blue` take 2*count.
  void (*yuv_chroma)(const uint8_t *u, const uint8_t *v, size_t count, const ck_yuv *factors, int16_t *red,
                     int16_t *green, int16_t *blue);
  /// A row of `count` pixels from luma and what chroma adds: R, G, B and a byte that means nothing.
  void (*yuv_rgbx)(const uint8_t *y, size_t count, const ck_yuv *factors, const int16_t *red, const int16_t *green,
                   const int16_t *blue, uint32_t *rgbx);

  /// Box pass along rows: `in` and `out` are CK_BAND_ROWS x `width`, row-major,
  /// `stride` floats apart; all CK_BAND_ROWS rows must be readable. They may be the same.
  /// `scratch`: (2*window + 64) * CK_BAND_ROWS floats, 64-byte aligned.
  void (*box_rows)(const float *in, float *out, size_t width, size_t stride, size_t window, float *scratch);

  /// The same pass, but only the 64 outputs at `columns` (ascending) are kept:
  /// `out` is CK_BAND_ROWS x 64.
  void (*box_rows_at)(const float *in, float *out, size_t width, size_t stride, size_t window,
                      const uint32_t columns[64], float *scratch);

  /// `rows` steps of a box pass down columns, all columns at once; in each
  /// sums += add, then sums -= subtract, then out = sums / divisor.
  /// `add`, `subtract` and `out` are `rows` x `width`, `stride` floats apart; they may be NULL.
  void (*box_columns)(float *sums, const float *add, const float *subtract, float *out, float divisor, size_t width,
                      size_t rows, size_t stride);

  /// sums[x] += the sum over `count` rows, `stride` bytes apart, of weights[row] * rows[row][x], for `width`
  /// bytes of a row. Weights 0...255.
  void (*tent_rows)(const uint8_t *rows, size_t stride, size_t count, const uint16_t *weights, uint32_t *sums,
                    size_t width);

  /// out[i] = scale * the sum over `span` places t of weights[shapes[i] + t] * sums[starts[i] + t], for 64 i.
  /// `span`: a multiple of CK_TENT_LANES; `sums` must be readable to the end of every span, and below 2^24.
  /// Lane t % CK_TENT_LANES sums in increasing t, then lanes are added in halves.
  void (*tent_columns)(const uint32_t *sums, const uint32_t starts[64], const uint32_t shapes[64], const float *weights,
                       size_t span, float scale, float out[64]);

  /// The sum over all pairs of neighbours of |trunc((u - v) * 100 / 255)|, `grid` 64x64 (SPEC 1.7).
  uint32_t (*grid_steps)(const float *grid);

  /// Returns the 128th smallest of 256 values, none of them NaN, and sets bit n where value n is larger.
  float (*median_bits)(const float values[256], uint64_t bits[4]);

  /// Undoes PNG's row filters. `filtered`: `count` rows of a filter byte, 0...4, and `row_bytes`; `above`: the row
  /// before them, zeros for the first; `out`: rows `stride` bytes apart. A pixel has 1...4 bytes and starts in row
  /// byte 0. Readable beyond `filtered` and `above`, and writable before and beyond every row of `out`:
  /// CK_PNG_PADDING bytes.
  void (*png_rows)(const uint8_t *filtered, size_t count, size_t row_bytes, size_t pixel_bytes, const uint8_t *above,
                   uint8_t *out, size_t stride);

  /// libjpeg's inverse DCT of `count` blocks beside each other, 64 dequantised coefficients each, row-major: to 8 x 8,
  /// 4 x 4 or 2 x 2 pixels a block, in rows `stride` bytes apart. The squares of a block's coefficients must sum up to
  /// at most CK_BLOCK_ENERGY. `is_flat`: of each block, whether it has a mean alone. One more block must be readable,
  /// and as many more pixels writable in each row.
  void (*idct8)(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out, size_t stride);
  void (*idct4)(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out, size_t stride);
  void (*idct2)(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out, size_t stride);

  /// Samples of chroma between two rows: (3 * near + far + rounding) / 4.
  void (*chroma_down)(const uint8_t *near, const uint8_t *far, size_t count, uint32_t rounding, uint8_t *out);
  /// A row of `count` samples, at least 2, to twice as many.
  void (*chroma_across)(const uint8_t *in, size_t count, uint8_t *out);
  /// Both at once: `count` samples, at least 2, to twice as many between two rows. `sums` has room for `count`.
  void (*chroma_both)(const uint8_t *near, const uint8_t *far, size_t count, uint16_t *sums, uint8_t *out);
  /// A row of `count` pixels: R, G, B and a byte that means nothing.
  void (*ycc_rgbx)(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, size_t count, uint32_t *rgbx);

  /// dct = D * grid * D^T. `matrix` D is 16x64, `transposed` D^T is 64x16,
  /// `grid` 64x64, `dct` 16x16, all row-major. Every sum runs in increasing k.
  void (*dct64)(const float *matrix, const float *transposed, const float *grid, float *dct);
} ck_kernels;

/// The best level that this CPU has.
ck_level ck_best_level(void);
/// Whether this CPU can run `level`.
int ck_has_level(ck_level level);
/// "portable", "popcnt", "avx2", "avx512", "neon".
const char *ck_level_name(ck_level level);
/// The level that ANSIM_KERNEL_LEVEL names; the best one when it is unset.
/// 0, or -1 when the name is unknown or this CPU lacks the level.
int ck_requested_level(ck_level *level);

/// The table of `level`. - Precondition: ck_has_level(level).
const ck_kernels *ck_kernels_for(ck_level level);
/// The table of the requested level, or of the best one if the request can't be met.
const ck_kernels *ck_active_kernels(void);
