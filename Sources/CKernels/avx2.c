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

// A bit each of 32 lanes, those of `a` first, whether all their bits are set.
static inline __attribute__((always_inline)) uint32_t lanes32(__m256i a, __m256i b) {
  uint32_t lanes = (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8));
  // Keeps the compiler from joining this step of several branches, which would hand vectors of booleans between them.
  __asm__("" : "+r"(lanes));
  return lanes;
}

// Of 32 differences, those of at most `room` bits, a constant: nothing is left when the lowest bit has been taken away
// so often.
static inline __attribute__((always_inline)) uint32_t near32(__m256i a, __m256i b, int room) {
  const __m256i ones = _mm256_set1_epi16(-1), zero = _mm256_setzero_si256();
  for (int i = 0; i < room; i++) {
    a = _mm256_and_si256(a, _mm256_add_epi16(a, ones));
    b = _mm256_and_si256(b, _mm256_add_epi16(b, ones));
  }
  return lanes32(_mm256_cmpeq_epi16(a, zero), _mm256_cmpeq_epi16(b, zero));
}

static inline __attribute__((always_inline)) __m256i counts16(__m256i x) {
  const __m256i low = _mm256_set1_epi8(0x0f), bytes_low = _mm256_set1_epi16(0xff);
  const __m256i table =
      _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i halves = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                                         _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
  return _mm256_and_si256(_mm256_add_epi8(halves, _mm256_srli_epi16(halves, 8)), bytes_low);
}

// 32 places at once, since whether a bucket ends after 16 can't be guessed; sketches are readable behind the last one.
static inline __attribute__((always_inline)) void avx2_scan_bucket(const ck_band *band, ck_bucket bucket, uint16_t next,
                                                                   uint32_t room, uint32_t query, ck_found *found) {
  const __m256i wanted = _mm256_set1_epi16((short)next);
  uint32_t at = bucket.at;
  do {
    const __m256i *const sketches = (const __m256i *)(band->sketches + at);
    const __m256i a = _mm256_xor_si256(_mm256_loadu_si256(sketches), wanted);
    const __m256i b = _mm256_xor_si256(_mm256_loadu_si256(sketches + 1), wanted);
    uint32_t near;
    // Nearly all buckets have a room of 2.
    if (__builtin_expect(room == 2, 1)) {
      near = near32(a, b, 2);
    } else if (room == 3) {
      near = near32(a, b, 3);
    } else {
      const __m256i beyond = _mm256_set1_epi16((short)(room + 1));
      near = lanes32(_mm256_cmpgt_epi16(beyond, counts16(a)), _mm256_cmpgt_epi16(beyond, counts16(b)));
    }
    const uint32_t left = bucket.end - at;
    if (left < 32) near &= (1u << left) - 1;
    for (; __builtin_expect(near != 0, 0); near &= near - 1) ck_add(found, query, at + (uint32_t)__builtin_ctz(near));
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
