// The visit of a multi-index's buckets in plain C; with a popcount instruction where the
// including file's target region has one.
#pragma once
#include "CKernels.h"

static inline __attribute__((always_inline)) size_t ck_probe_scalar(const uint64_t *queries, size_t query_count,
                                                                    const ck_band *band, const uint16_t *masks,
                                                                    size_t mask_count, uint32_t bound,
                                                                    ck_candidate *candidates, size_t capacity) {
  const uint32_t *const starts = band->starts;
  const uint16_t *const sketches = band->sketches;
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++) {
    const uint16_t value = (uint16_t)(queries[4 * q + band->word] >> band->shift);
    const uint16_t next = (uint16_t)(queries[4 * q + band->next_word] >> band->next_shift);
    for (size_t m = 0; m < mask_count; m++) {
      const uint32_t bucket = value ^ masks[m];
      uint32_t at = starts[bucket];
      const uint32_t end = starts[bucket + 1];
      if (at == end) continue;
      const uint32_t room = bound - (uint32_t)__builtin_popcount(masks[m]);
      do {
        if (__builtin_expect((uint32_t)__builtin_popcount((uint32_t)(sketches[at] ^ next)) <= room, 0)) {
          if (found < capacity) candidates[found] = (ck_candidate){(uint32_t)q, at};
          found++;
        }
      } while (++at < end);
    }
  }
  return found;
}
