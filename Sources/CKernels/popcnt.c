#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("popcnt"))), apply_to = function)
#include "scan_scalar.h"

#define NAME(x) popcnt_##x
#include "probe_scalar.h"
#include "postings_scalar.h"

// What every CPU of this architecture has: registers of 128 bits.
#define WIDE 128
#include "jpeg_lanes.h"

static size_t popcnt_scan256(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                             uint32_t radius, ck_hit *hits, size_t capacity) {
  return ck_scan_scalar(queries, query_count, rows, row_count, radius, hits, capacity);
}
#pragma clang attribute pop

void ck_fill_popcnt(ck_kernels *table) {
  table->scan256 = popcnt_scan256;
  popcnt_fill_probe(table);
  popcnt_fill_postings(table);
  popcnt_fill_jpeg(table);
}
#endif
