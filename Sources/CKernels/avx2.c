#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,popcnt"))), apply_to = function)
#include "png_scalar.h"
#include "scan_scalar.h"

#include "png_wave.h"

#define LANES 8
#define HAS_FMA
#define NAME(x) avx2_##x
#include "float_lanes.h"
#include "yuv_lanes.h"
#include "corner_lanes.h"
#include "jpeg_rows.h"

#define WIDE 256
#include "jpeg_lanes.h"

// Bits set in each byte, by two look-ups of four bits, added up to 64-bit lanes.
static inline __m256i popcount64(__m256i x) {
  const __m256i low = _mm256_set1_epi8(0x0f);
  const __m256i table =
      _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i bytes = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                                        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
  return _mm256_sad_epu8(bytes, _mm256_setzero_si256());
}

static size_t avx2_scan256(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                           uint32_t radius, ck_hit *hits, size_t capacity) {
  const __m256i limit = _mm256_set1_epi64x(radius);
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++) {
    const __m256i query = _mm256_loadu_si256((const __m256i *)(queries + 4 * q));
    size_t row = 0;
    for (; row + 4 <= row_count; row += 4) {
      __m256i part[4];
      for (size_t i = 0; i < 4; i++)
        part[i] = popcount64(_mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(rows + 4 * (row + i))), query));
      // Four rows of four partial sums -> four totals, lane i for row i.
      const __m256i a =
          _mm256_add_epi64(_mm256_unpacklo_epi64(part[0], part[1]), _mm256_unpackhi_epi64(part[0], part[1]));
      const __m256i b =
          _mm256_add_epi64(_mm256_unpacklo_epi64(part[2], part[3]), _mm256_unpackhi_epi64(part[2], part[3]));
      const __m256i total =
          _mm256_add_epi64(_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31));
      const __m256i far = _mm256_cmpgt_epi64(total, limit);
      unsigned near = ~(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(far)) & 15u;
      if (__builtin_expect(near != 0, 0)) {
        uint64_t distance[4];
        _mm256_storeu_si256((__m256i *)distance, total);
        for (; near; near &= near - 1) {
          const size_t i = (size_t)__builtin_ctz(near);
          found = ck_emit(hits, capacity, found, q, row + i, (uint32_t)distance[i]);
        }
      }
    }
    found = ck_scan_tail(queries + 4 * q, q, rows, row, row_count, radius, hits, capacity, found);
  }
  return found;
}

#include "probe_types.h"

// Of 16 places, a bit each (of two) whether the sketch is near.
static inline __attribute__((always_inline)) uint32_t near16(const uint16_t *sketches, __m256i wanted, __m256i limit) {
  const __m256i low = _mm256_set1_epi8(0x0f), bytes_low = _mm256_set1_epi16(0xff);
  const __m256i table =
      _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i x = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)sketches), wanted);
  const __m256i halves = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                                         _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
  const __m256i bits = _mm256_and_si256(_mm256_add_epi8(halves, _mm256_srli_epi16(halves, 8)), bytes_low);
  return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi16(bits, limit)) & 0x55555555u;
}

// 32 places at once, since whether a bucket ends after 16 can't be guessed; sketches are readable behind the last one.
static inline __attribute__((always_inline)) void avx2_scan_bucket(const ck_band *band, ck_bucket bucket, uint16_t next,
                                                                   uint32_t room, uint32_t query, ck_found *found) {
  const __m256i wanted = _mm256_set1_epi16((short)next), limit = _mm256_set1_epi16((short)room);
  uint32_t at = bucket.at;
  do {
    uint64_t near = near16(band->sketches + at, wanted, limit);
    near |= (uint64_t)near16(band->sketches + at + 16, wanted, limit) << 32;
    const uint32_t left = bucket.end - at;
    if (left < 32) near &= (UINT64_C(1) << 2 * left) - 1;
    for (; __builtin_expect(near != 0, 0); near &= near - 1)
      ck_add(found, query, at + (uint32_t)__builtin_ctzll(near) / 2);
    at += 32;
  } while (__builtin_expect(at < bucket.end, 0));
}

#include "probe_lanes.h"
#pragma clang attribute pop

void ck_fill_avx2(ck_kernels *table) {
  table->scan256 = avx2_scan256;
  table->png_rows = avx2_png_rows;
  avx2_fill_float(table);
  avx2_fill_probe(table);
  avx2_fill_yuv(table);
  avx2_fill_corners(table);
  avx2_fill_jpeg_rows(table);
  avx2_fill_jpeg(table);
}
#endif
