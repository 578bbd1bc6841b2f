#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,popcnt"))), \
                             apply_to = function)
#include "scan_scalar.h"

#define LANES 16
#define HAS_FMA
#define NAME(x) avx512_##x
#include "float_lanes.h"
#include "yuv_lanes.h"
#include "corner_lanes.h"

static size_t avx512_scan256(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                             uint32_t radius, ck_hit *hits, size_t capacity) {
  const __m512i limit = _mm512_set1_epi64(radius);
  // Adds the halves of each row; the totals come out in lane order 0 2 1 3 4 6 5 7.
  const __m512i first = _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13);
  const __m512i second = _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15);
  static const uint8_t lane_of_row[8] = {0, 2, 1, 3, 4, 6, 5, 7};
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++) {
    const __m512i query = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)(queries + 4 * q)));
    size_t row = 0;
    for (; row + 8 <= row_count; row += 8) {
      __m512i part[4];  // two rows each
      for (size_t i = 0; i < 4; i++)
        part[i] = _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(rows + 4 * (row + 2 * i)), query));
      const __m512i a =
          _mm512_add_epi64(_mm512_unpacklo_epi64(part[0], part[1]), _mm512_unpackhi_epi64(part[0], part[1]));
      const __m512i b =
          _mm512_add_epi64(_mm512_unpacklo_epi64(part[2], part[3]), _mm512_unpackhi_epi64(part[2], part[3]));
      const __m512i total =
          _mm512_add_epi64(_mm512_permutex2var_epi64(a, first, b), _mm512_permutex2var_epi64(a, second, b));
      const unsigned near = _mm512_cmple_epu64_mask(total, limit);
      if (__builtin_expect(near != 0, 0)) {
        uint64_t distance[8];
        _mm512_storeu_si512(distance, total);
        for (size_t i = 0; i < 8; i++) {
          const size_t lane = lane_of_row[i];
          if (near >> lane & 1) found = ck_emit(hits, capacity, found, q, row + i, (uint32_t)distance[lane]);
        }
      }
    }
    found = ck_scan_tail(queries + 4 * q, q, rows, row, row_count, radius, hits, capacity, found);
  }
  return found;
}
#pragma clang attribute pop

// Most CPUs of this level also count bits in lanes of 16; the others keep what AVX2 does.
#undef NAME
#define NAME(x) bitalg_##x
#pragma clang attribute push(                                                                          \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,avx512bitalg,popcnt"))), \
    apply_to = function)
#include "probe_types.h"

// 32 places at once; sketches are readable behind the last one.
static inline __attribute__((always_inline)) void bitalg_scan_bucket(const ck_band *band, ck_bucket bucket,
                                                                     uint16_t next, uint32_t room, uint32_t query,
                                                                     ck_found *found) {
  const __m512i wanted = _mm512_set1_epi16((short)next), limit = _mm512_set1_epi16((short)room);
  uint32_t at = bucket.at;
  do {
    const __m512i x = _mm512_xor_si512(_mm512_loadu_si512(band->sketches + at), wanted);
    uint32_t near = _mm512_cmple_epu16_mask(_mm512_popcnt_epi16(x), limit);
    const uint32_t left = bucket.end - at;
    if (left < 32) near &= (1u << left) - 1;
    for (; __builtin_expect(near != 0, 0); near &= near - 1) ck_add(found, query, at + (uint32_t)__builtin_ctz(near));
    at += 32;
  } while (__builtin_expect(at < bucket.end, 0));
}

#include "probe_lanes.h"
#pragma clang attribute pop

void ck_fill_avx512(ck_kernels *table) {
  table->scan256 = avx512_scan256;
  avx512_fill_float(table);
  avx512_fill_yuv(table);
  if (__builtin_cpu_supports("avx512bitalg")) bitalg_fill_probe(table);
  avx512_fill_corners(table);
}
#endif
