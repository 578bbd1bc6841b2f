#if defined(__x86_64__)
#include "kernels.h"

#pragma clang attribute push(__attribute__((target("popcnt"))), apply_to = function)
#include "scan_scalar.h"

#define NAME(x) popcnt_##x
#include "probe_scalar.h"

static size_t popcnt_scan256(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                             uint32_t radius, ck_hit *hits, size_t capacity) {
  return ck_scan_scalar(queries, query_count, rows, row_count, radius, hits, capacity);
}
#pragma clang attribute pop

void ck_fill_popcnt(ck_kernels *table) {
  table->scan256 = popcnt_scan256;
  popcnt_fill_probe(table);
}
#endif
