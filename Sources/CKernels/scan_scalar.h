// The 256-bit Hamming scan in plain C; a level that has only a popcount
// instruction gets it by compiling this in its target region.
#pragma once
#include "CKernels.h"

static inline __attribute__((always_inline)) uint32_t ck_distance256(const uint64_t *a, const uint64_t *b) {
  return (uint32_t)(__builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]) +
                    __builtin_popcountll(a[2] ^ b[2]) + __builtin_popcountll(a[3] ^ b[3]));
}

static inline __attribute__((always_inline)) size_t ck_emit(ck_hit *hits, size_t capacity, size_t found, size_t query,
                                                            size_t row, uint32_t distance) {
  if (found < capacity) hits[found] = (ck_hit){(uint32_t)query, (uint32_t)row, distance};
  return found + 1;
}

// Rows [from, row_count) of one query.
static inline __attribute__((always_inline)) size_t ck_scan_tail(const uint64_t *query, size_t query_number,
                                                                 const uint64_t *rows, size_t from, size_t row_count,
                                                                 uint32_t radius, ck_hit *hits, size_t capacity,
                                                                 size_t found) {
  for (size_t row = from; row < row_count; row++) {
    const uint32_t distance = ck_distance256(query, rows + 4 * row);
    if (__builtin_expect(distance <= radius, 0)) found = ck_emit(hits, capacity, found, query_number, row, distance);
  }
  return found;
}

static inline __attribute__((always_inline)) size_t ck_scan_scalar(const uint64_t *queries, size_t query_count,
                                                                   const uint64_t *rows, size_t row_count,
                                                                   uint32_t radius, ck_hit *hits, size_t capacity) {
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++)
    found = ck_scan_tail(queries + 4 * q, q, rows, 0, row_count, radius, hits, capacity, found);
  return found;
}
