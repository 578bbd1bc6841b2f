#if defined(__x86_64__)
#include "kernels.h"

#pragma clang attribute push(__attribute__((target("popcnt"))), apply_to = function)
#include "probe_scalar.h"
#include "scan_scalar.h"
static size_t popcnt_scan256(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                             uint32_t radius, ck_hit *hits, size_t capacity) {
  return ck_scan_scalar(queries, query_count, rows, row_count, radius, hits, capacity);
}
static size_t popcnt_probe_band(const uint64_t *queries, size_t query_count, const ck_band *band, const uint16_t *masks,
                                size_t mask_count, uint32_t bound, ck_candidate *candidates, size_t capacity) {
  return ck_probe_scalar(queries, query_count, band, masks, mask_count, bound, candidates, capacity);
}
#pragma clang attribute pop

void ck_fill_popcnt(ck_kernels *table) {
  table->scan256 = popcnt_scan256;
  table->probe_band = popcnt_probe_band;
}
#endif
