#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,popcnt"))), \
                             apply_to = function)
#include "scan_scalar.h"

#define LANES 16
#define NAME(x) avx512_##x
#include "float_lanes.h"
#include "yuv_lanes.h"

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

void ck_fill_avx512(ck_kernels *table) {
  table->scan256 = avx512_scan256;
  avx512_fill_float(table);
  avx512_fill_yuv(table);
}
#endif
